import { hash } from 'node:crypto';
import type { Snapshot } from '../interpreter/index.ts';
import type { Model } from './model.ts';
import { nameOf, type OpenRequest, type Outside, urlOf } from './outside.ts';
import { timersOf } from './timers.ts';
import { START_TIME } from './trial.ts';

/** Ids that the engine or the exploration numbers, times in ms since epoch, and dates. */
const VOLATILE =
  /\b[A-Z2-7]{7,32}\.effect\d+|\b(?:send|timer|effect|request-)\d+\b|\b[A-Z2-7]{32}\b|\b1[4-9]\d{11}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Stands for an id of nothing that is open. No JSON has the character. */
const OVER = '\u0001';
/** A member of an object whose value is such an id. */
const MEMBER_OVER = new RegExp(`"([^"\\\\]*)":"${OVER}"`, 'g');

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
  /** Its open requests. */
  readonly outside: Pick<Outside, 'open' | 'asked'>;
  readonly dueFirst: readonly string[];
  readonly elapsedMs: number;
}

/** The document in a state. */
export interface DocumentText {
  /** A hash of its text: of the session, its timers, and the open requests that it knows. */
  readonly document: string;
  /** The other open requests: the document does not have their ids any more. Each text once. */
  readonly forgotten: readonly string[];
}

/** The identity of a state. Two states are the same when `document` and `outside` are. */
export interface CanonicalText extends DocumentText {
  /** The surroundings, without the number of events that came. */
  readonly outside: string;
}

/** The text of the surroundings in a state. */
export function outsideText({ chats, held, watches }: Outside): string {
  return [chats.join(), held.join(), watches.join()].join('\n');
}

/**
 * The document in a state, by a text in which volatile parts are replaced, so that states in which the same
 * can happen have the same text. Ids of open requests, timers and sessions become their place in the text;
 * ids of nothing that is open become the empty text, unless the document tests the member that has them
 * (testedMembers.ts). A time becomes "past" or "future". A timer is its event, and whether it may be the
 * next.
 */
export function documentText({
  model,
  snapshot,
  outside,
  dueFirst,
  elapsedMs,
}: CanonicalParts): DocumentText {
  const timers = timersOf(snapshot);
  const names = new Names(START_TIME + elapsedMs);
  for (const { requestId } of outside.open) names.add(requestId);
  for (const id of outside.asked) names.add(id);
  for (const { sendid } of timers) names.add(sendid);
  addSessions(snapshot, names);
  const normal = (text: string): string => text.replace(VOLATILE, names.replaced);
  const data = (text: string): string =>
    normal(text).replace(MEMBER_OVER, (found, name: string) =>
      model.testedMembers.has(name) ? found : `"${name}":""`,
    );
  const texts = sessionTexts(snapshot, { normal, data });
  const next = new Set(dueFirst);
  const armed = timers
    .map(({ key, event, sendid }) => `${names.placeOf(sendid)} ${normal(event)}${next.has(key) ? '!' : ''}`)
    .sort();
  const known: string[] = [];
  const forgotten = new Set<string>();
  for (const open of outside.open) {
    const place = names.placeOf(open.requestId);
    if (place === '') forgotten.add(requestText(model, open));
    else known.push(`${place} ${requestText(model, open)}`);
  }
  const asked = outside.asked.map((id) => names.placeOf(id)).sort();
  const text = [...texts, armed.join(), known.sort().join(), asked.join()].join('\n');
  return {
    document: hash('md5', text, 'base64'),
    forgotten: [...forgotten].sort(),
  };
}

/** Rows of answers tell URLs apart, and nothing else does. */
export function requestText({ surroundings }: Model, { effect }: OpenRequest): string {
  const url = urlOf(effect);
  return `${nameOf(effect)} ${surroundings.fetches.findIndex(({ fetch }) => url.includes(fetch))}`;
}

function sessionTexts(
  snapshot: Snapshot,
  texts: { readonly normal: (text: string) => string; readonly data: (text: string) => string },
): readonly string[] {
  const { configuration, history, interactions, invokes, status, data } =
    snapshot.execution as unknown as Written;
  const { normal } = texts;
  const invokeIds = invokes ? Object.values(invokes).map(({ invokeId }) => normal(invokeId)) : [];
  const own = [
    status,
    configuration.join(),
    history ? JSON.stringify(history) : '',
    interactions ? normal(JSON.stringify(interactions)) : '',
    invokeIds.join(),
    texts.data(data),
  ];
  const invoked = (snapshot.invoked ?? []).flatMap(({ session, params }) =>
    session ? sessionTexts(session, texts) : [normal(JSON.stringify(params))],
  );
  return [...own, ...invoked];
}

function addSessions({ invoked = [] }: Snapshot, names: Names): void {
  for (const { id, session } of invoked) {
    names.add(id);
    if (session) addSessions(session, names);
  }
}

/** The ids of things that are open, by the place at which the text has them first. */
class Names {
  readonly #now: number;
  readonly #places = new Map<string, number>();
  #count = 0;

  constructor(now: number) {
    this.#now = now;
  }

  add(id: string): void {
    this.#places.set(id, 0);
  }

  /** '' for an id that the text does not have. */
  placeOf(id: string): string {
    return this.#places.get(id) ? `@${this.#places.get(id)}` : '';
  }

  readonly replaced = (found: string): string => {
    const place = this.#places.get(found);
    if (place !== undefined) {
      if (place === 0) this.#places.set(found, ++this.#count);
      return this.placeOf(found);
    }
    if (/^1\d{12}$/.test(found)) return Number(found) < this.#now ? 'past' : 'future';
    const time = found.includes('T') ? Date.parse(found) : Number.NaN;
    if (Number.isFinite(time)) return time < this.#now ? 'past' : 'future';
    return OVER;
  };
}
