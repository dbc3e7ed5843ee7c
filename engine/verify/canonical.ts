import type { Snapshot } from '../interpreter/index.ts';
import type { Model } from './model.ts';
import { nameOf, type Outside, urlOf } from './outside.ts';
import { timersOf } from './timers.ts';
import { START_TIME } from './trial.ts';

/** Ids that the engine or the exploration numbers, times in ms since epoch, and dates. */
const VOLATILE =
  /\b[A-Z2-7]{7,32}\.effect\d+|\b(?:send|timer|effect|request-)\d+\b|\b[A-Z2-7]{32}\b|\b1[4-9]\d{11}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;

interface Written {
  readonly configuration: readonly string[];
  readonly history?: unknown;
  readonly interactions?: unknown;
  readonly invokes?: { readonly [id: string]: { readonly invokeId: string } };
  readonly status: string;
  readonly data: string;
}

export interface CanonicalParts {
  readonly model: Model;
  readonly snapshot: Snapshot;
  readonly outside: Outside;
  readonly dueFirst: readonly string[];
  readonly elapsedMs: number;
}

/** The texts of a state. Two states are the same when `document` and `outside` are. */
export interface CanonicalText {
  /** The session, its timers and its open requests. */
  readonly document: string;
  /** The surroundings, without the number of events that came. */
  readonly outside: string;
}

/**
 * The text of a state, in which volatile parts are replaced, so that states in which the same can happen have
 * the same text. Ids of open requests, timers and sessions become their place; all other ids become one word.
 * A time becomes "past" or "future". A timer is its event, and whether it may be the next.
 */
export function canonicalText({
  model,
  snapshot,
  outside,
  dueFirst,
  elapsedMs,
}: CanonicalParts): CanonicalText {
  const names = new Map<string, string>();
  for (const [index, { requestId }] of outside.open.entries()) names.set(requestId, `open${index}`);
  for (const [index, id] of outside.asked.entries()) names.set(id, `asked${index}`);
  const timers = timersOf(snapshot);
  for (const { sendid, event } of timers) if (!names.has(sendid)) names.set(sendid, `sent-${event}`);
  nameSessions(snapshot, names);
  const now = START_TIME + elapsedMs;
  const normal = (text: string): string => text.replace(VOLATILE, (found) => replaced(found, names, now));
  const next = new Set(dueFirst);
  const armed = timers.map(({ key, event }) => `${normal(event)}${next.has(key) ? '!' : ''}`).sort();
  const open = outside.open.map(({ effect }) => `${nameOf(effect)} ${addressOf(model, urlOf(effect))}`);
  const { chats, held, watches, asked } = outside;
  return {
    document: [...sessionTexts(snapshot, normal), armed.join(), open.join()].join('\n'),
    outside: [String(asked.length), chats.join(), held.join(), watches.join()].join('\n'),
  };
}

/** Rows of answers tell URLs apart, and nothing else does. */
function addressOf({ surroundings }: Model, url: string): number {
  return surroundings.fetches.findIndex(({ fetch }) => url.includes(fetch));
}

function sessionTexts(snapshot: Snapshot, normal: (text: string) => string): readonly string[] {
  const { configuration, history, interactions, invokes, status, data } =
    snapshot.execution as unknown as Written;
  const invokeIds = invokes ? Object.values(invokes).map(({ invokeId }) => normal(invokeId)) : [];
  const own = [
    status,
    configuration.join(),
    history ? JSON.stringify(history) : '',
    interactions ? normal(JSON.stringify(interactions)) : '',
    invokeIds.join(),
    normal(data),
  ];
  const invoked = (snapshot.invoked ?? []).flatMap(({ session, params }) =>
    session ? sessionTexts(session, normal) : [normal(JSON.stringify(params))],
  );
  return [...own, ...invoked];
}

function nameSessions({ invoked = [] }: Snapshot, names: Map<string, string>): void {
  for (const { id, session } of invoked) {
    names.set(id, `session${names.size}`);
    if (session) nameSessions(session, names);
  }
}

function replaced(found: string, names: ReadonlyMap<string, string>, now: number): string {
  const name = names.get(found);
  if (name !== undefined) return name;
  if (/^1\d{12}$/.test(found)) return Number(found) < now ? 'past' : 'future';
  const time = found.includes('T') ? Date.parse(found) : Number.NaN;
  if (Number.isFinite(time)) return time < now ? 'past' : 'future';
  return 'old';
}
