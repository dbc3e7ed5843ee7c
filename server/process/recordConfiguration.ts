import { createHash } from 'node:crypto';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { Config } from './config.ts';

const TABLE = 'configuration';
const KEY = 'sections';

type Digests = Readonly<Record<string, string>>;

/**
 * Records which sections of the configuration are not as they were at the last start. The file is edited by
 * hand, so the server learns of a change only here. Only digests are stored, because the file has secrets.
 */
export async function recordConfiguration(
  config: Config,
  { durable, audit }: { readonly durable: Durable; readonly audit: AuditLog },
): Promise<void> {
  const before = durable.get<Digests>(TABLE, KEY);
  const present = digestsOf(config);
  const changed = unrecordedSections(config, durable);
  if (changed.length === 0) return;
  const put = [{ table: TABLE, key: KEY, value: present }];
  const entry =
    before === undefined
      ? {}
      : audit.batch({ who: 'server', action: 'configuration.changed', details: { sections: changed } });
  await durable.commit(joinBatches({ put }, entry));
}

/** The sections that are not as they were recorded. */
export function unrecordedSections(config: Config, durable: Pick<Durable, 'get'>): readonly string[] {
  return changedSections(durable.get<Digests>(TABLE, KEY) ?? {}, digestsOf(config));
}

/** The record of sections that the server itself has changed: the next start does not report them. */
export function recordedBatch(config: Partial<Config>, durable: Durable): Batch {
  const before = durable.get<Digests>(TABLE, KEY);
  if (before === undefined) return {};
  const kept = Object.entries(before).filter(([section]) => !Object.hasOwn(config, section));
  return { put: [{ table: TABLE, key: KEY, value: { ...Object.fromEntries(kept), ...digestsOf(config) } }] };
}

function digestsOf(config: Partial<Config>): Digests {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([section, value]) => [section, createHash('sha256').update(JSON.stringify(value)).digest('hex')]),
  );
}

function changedSections(before: Digests, after: Digests): readonly string[] {
  const sections = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...sections].filter((section) => before[section] !== after[section]).sort();
}
