import type { Durable } from '../../engine/durable/durable.ts';
import { KeptBlobs } from '../../engine/durable/keptBlobs.ts';
import { MemoryBlobs } from '../../engine/durable/memory/memoryBlobs.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Ids } from '../../engine/ports/ids.ts';
import { Services } from '../../strategies/callback/services.ts';
import { PLAIN_TYPES } from '../../strategies/notification/mobilePush.ts';
import { StorageAreas } from '../../strategies/storage/storageAreas.ts';
import { STORAGE_LIMITS } from '../../strategies/storage/usage.ts';
import type { ScriptedSessions } from './scriptedSessions.ts';
import { silentLog } from './silentLog.ts';

/** Services of which one is configured, chat-delay, over scripted sessions. */
export function chatDelayServices({
  options,
  sessions,
  queueWait = async () => 0,
  publishBatch = () => ({}),
  ...base
}: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sessions: ScriptedSessions;
  /** The options of chat-delay, read at each use. */
  readonly options: () => Readonly<Record<string, string>>;
  readonly queueWait?: ConstructorParameters<typeof Services>[0]['queueWait'];
  readonly publishBatch?: ConstructorParameters<typeof Services>[0]['notifications']['publishBatch'];
}): Services {
  const kept = { ...base, log: silentLog };
  return new Services({
    ...kept,
    sessions: sessions.as(),
    storage: new StorageAreas({
      ...base,
      limits: STORAGE_LIMITS,
      blobs: new KeptBlobs({ ...kept, blobs: new MemoryBlobs(base.clock) }),
    }),
    templates: { files: () => ['src/chat-delay.scxml'], url: (name, path) => `http://t/${name}/${path}` },
    configured: (name) => (name === 'chat-delay' ? options() : undefined),
    names: () => ['chat-delay'],
    list: () => undefined,
    urls: () => ({ gms: 'http://t/genesys', ors: 'http://t', urs: 'http://t' }),
    globals: {},
    accessNumbers: {},
    patterns: { match: async () => ({}) },
    phones: { examine: async () => ({ isPossible: true, isPremium: false }) },
    notifications: { publishBatch, cancelBatch: () => ({}) },
    deviceTypes: () => PLAIN_TYPES,
    queueWait,
    node: 7,
    requestTimeoutMs: 30_000,
  });
}
