import { KeptBlobs } from '../../engine/durable/keptBlobs.ts';
import { MemoryBlobs } from '../../engine/durable/memory/memoryBlobs.ts';
import { Services } from '../../strategies/callback/services.ts';
import { PLAIN_TYPES } from '../../strategies/notification/mobilePush.ts';
import { StorageAreas } from '../../strategies/storage/storageAreas.ts';
import { STORAGE_LIMITS } from '../../strategies/storage/usage.ts';
import { asId } from './ids.ts';
import { ScriptedSessions } from './scriptedSessions.ts';
import { silentLog } from './silentLog.ts';
import { openStatisticsCentre, type StatisticsCentre } from './statisticsCentre.ts';
import { createTestIds } from './testIds.ts';

/** A statistics centre with callback services, whose queue waits are those of its own queues. */
export interface CallbackCentre extends StatisticsCentre {
  readonly services: Services;
  readonly scripted: ScriptedSessions;
}

export function openCallbackCentre(
  options: Readonly<Record<string, string>>,
  given: Parameters<typeof openStatisticsCentre>[0] = {},
): CallbackCentre {
  const scripted = new ScriptedSessions();
  const ids = given.ids ?? createTestIds();
  let services: Services | undefined;
  const centre = openStatisticsCentre({
    ...given,
    ids,
    waitingCallbacks: (name) => services?.waitingCallbacks(name),
  });
  const { durable, clock } = centre;
  services = new Services({
    durable,
    sessions: scripted.as(),
    storage: new StorageAreas({
      limits: STORAGE_LIMITS,
      durable,
      clock,
      blobs: new KeptBlobs({ durable, clock, log: silentLog, blobs: new MemoryBlobs(clock) }),
    }),
    templates: { files: () => ['src/chat-delay.scxml'], url: (name, path) => `http://t/${name}/${path}` },
    clock,
    ids,
    log: silentLog,
    configured: (name) => (name === 'chat-delay' ? options : undefined),
    names: () => ['chat-delay'],
    urls: () => ({ gms: 'http://t/genesys', ors: 'http://t', urs: 'http://t' }),
    globals: {},
    patterns: { match: async () => ({}) },
    list: () => undefined,
    accessNumbers: {},
    notifications: { publishBatch: () => ({}), cancelBatch: () => ({}) },
    phones: { examine: async () => ({ isPossible: true, isPremium: false }) },
    deviceTypes: PLAIN_TYPES,
    queueWait: async (vq) => (await centre.routing.viewQueue(asId('max'), { vq })).ewtSeconds ?? 0,
    node: 7,
    requestTimeoutMs: 30_000,
  });
  return { ...centre, services, scripted };
}
