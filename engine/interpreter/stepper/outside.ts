import { assertNever, defined, type Json } from '../../ports/index.ts';
import type { ModuleEffect, UntypedEvent } from '../index.ts';
import { errorEvent, fetchEvent, fetchRequestOf, namedEvent, resultEvent } from './answers.ts';
import type { FetchRow, Fields, ModuleRow, OpenRequest, ScriptRow, UrlPattern } from './contract.ts';

export type Answer = (effect: ModuleEffect) => UntypedEvent;

/** The request that an expectation waits for. */
export type Wanted =
  | { readonly kind: 'fetch'; readonly url: UrlPattern; readonly method?: string }
  | { readonly kind: 'module'; readonly name: string; readonly attributes?: Fields }
  | { readonly kind: 'request'; readonly requestId: string };

interface Expectation {
  readonly wanted: Wanted;
  readonly answer?: Answer;
  /** The request that it took. */
  readonly met?: OpenRequest & { readonly session: string };
}

/** Everything that back() restores. It is replaced, never changed. */
export interface OutsideState {
  readonly open: readonly (OpenRequest & { readonly session: string })[];
  readonly expectations: readonly Expectation[];
  /** Every request so far. */
  readonly taken: readonly OpenRequest[];
  /** Requests that each row of the script has taken, by its number. */
  readonly used: ReadonlyMap<number, number>;
}

/** Sends an event to a session, by session id. */
export type SendEvent = (session: string, event: UntypedEvent) => void;

/**
 * Answers the requests of a stepped session to modules. The first expectation that fits a request, and has
 * not taken another, takes it. Otherwise the script answers it. Otherwise it stays open.
 */
export class Outside {
  state: OutsideState = { open: [], expectations: [], taken: [], used: new Map() };
  readonly #script: readonly ScriptRow[];
  readonly #deliver: SendEvent;

  constructor(script: readonly ScriptRow[], deliver: SendEvent) {
    this.#script = script;
    this.#deliver = deliver;
  }

  /** A request of a session. */
  take(effect: ModuleEffect, session: string): void {
    const request = { requestId: effect.requestId, name: nameOf(effect), effect, session };
    this.state = { ...this.state, taken: [...this.state.taken, request] };
    const index = this.state.expectations.findIndex(({ wanted, met }) => !met && fits(wanted, effect));
    const expectation = this.state.expectations[index];
    if (expectation) {
      this.#replace(index, { ...expectation, met: request });
      if (expectation.answer) this.#deliver(session, expectation.answer(effect));
      else this.#leaveOpen(request);
      return;
    }
    const scripted = this.#scripted(effect);
    if (scripted) this.#deliver(session, scripted);
    else this.#leaveOpen(request);
  }

  /** Adds an expectation, which takes the nth open request that fits; 1: the oldest. Returns its number. */
  expect(wanted: Wanted, nth = 1): number {
    const taken = new Set(this.state.expectations.map(({ met }) => met?.requestId));
    const fitting = this.state.open.filter(
      ({ effect, requestId }) => !taken.has(requestId) && fits(wanted, effect),
    );
    const met = fitting[nth - 1];
    this.state = {
      ...this.state,
      expectations: [...this.state.expectations, { wanted, ...defined({ met }) }],
    };
    return this.state.expectations.length - 1;
  }

  /** Gives an expectation its answer, which is delivered at once if its request has come. */
  answer(index: number, answer: Answer): void {
    const expectation = this.state.expectations[index];
    if (!expectation) {
      throw new Error('Expected an expectation that still exists, got one that back() has undone.');
    }
    if (expectation.answer) throw new Error(`Expected one answer to ${describeWanted(expectation.wanted)}.`);
    this.#replace(index, { ...expectation, answer });
    const { met } = expectation;
    if (!met) return;
    this.state = {
      ...this.state,
      open: this.state.open.filter(({ requestId }) => requestId !== met.requestId),
    };
    this.#deliver(met.session, answer(met.effect));
  }

  /** Number of requests so far that fit. */
  count(wanted: Wanted): number {
    return this.state.taken.filter(({ effect }) => fits(wanted, effect)).length;
  }

  /** Expectations without a request and requests without an answer, as sentences. */
  undone(): readonly string[] {
    return [
      ...this.state.expectations
        .filter(({ met }) => !met)
        .map(({ wanted }) => `expected ${describeWanted(wanted)}, which did not come`),
      ...this.state.open.map(({ name, requestId }) => `${name} (${requestId}) was not answered`),
    ];
  }

  #scripted(effect: ModuleEffect): UntypedEvent | undefined {
    const { used } = this.state;
    const index = this.#script.findIndex(
      (row, at) =>
        (used.get(at) ?? 0) < (row.times ?? Number.POSITIVE_INFINITY) && fits(wantedBy(row), effect),
    );
    const row = this.#script[index];
    if (row === undefined) return undefined;
    this.state = { ...this.state, used: new Map([...used, [index, (used.get(index) ?? 0) + 1]]) };
    return 'fetch' in row ? fetched(row, effect) : performed(row, effect);
  }

  #leaveOpen(request: OpenRequest & { readonly session: string }): void {
    this.state = { ...this.state, open: [...this.state.open, request] };
  }

  #replace(index: number, expectation: Expectation): void {
    this.state = { ...this.state, expectations: this.state.expectations.with(index, expectation) };
  }
}

function wantedBy(row: ScriptRow): Wanted {
  if ('fetch' in row) return { kind: 'fetch', url: row.fetch, ...defined({ method: row.method }) };
  return { kind: 'module', name: row.module, ...defined({ attributes: row.attributes }) };
}

/** Undefined: the request gets no answer. */
function fetched({ reply }: FetchRow, effect: ModuleEffect): UntypedEvent | undefined {
  const given = typeof reply === 'function' ? reply(fetchRequestOf(effect)) : reply;
  return given === 'silence' ? undefined : fetchEvent(effect, given);
}

function performed(row: ModuleRow, effect: ModuleEffect): UntypedEvent | undefined {
  const { done, error, event, silence } = row.result?.(effect) ?? row;
  if (silence) return undefined;
  if (event !== undefined) return namedEvent(effect, event);
  if (error !== undefined) return errorEvent(effect, fieldsOf(error, effect));
  return resultEvent(effect, fieldsOf(done ?? {}, effect));
}

function fieldsOf(given: Fields | ((effect: ModuleEffect) => Fields), effect: ModuleEffect): Fields {
  return typeof given === 'function' ? given(effect) : given;
}

function nameOf({ module, action }: ModuleEffect): string {
  return `${module}.${action}`;
}

function fits(wanted: Wanted, effect: ModuleEffect): boolean {
  switch (wanted.kind) {
    case 'request':
      return wanted.requestId === effect.requestId;
    case 'module':
      return [nameOf(effect), effect.module].includes(wanted.name) && holds(wanted.attributes ?? {}, effect);
    case 'fetch': {
      if (nameOf(effect) !== 'session.fetch') return false;
      return fitsFetch(wanted, fetchRequestOf(effect));
    }
    default:
      return assertNever(wanted);
  }
}

/** True for a request that `wanted` names, whose URL may be a part of it as text. Methods are in capitals. */
export function fitsFetch(
  { method: name, url: pattern }: { readonly method?: string | undefined; readonly url: UrlPattern },
  { method, url }: { readonly method: string; readonly url: string },
): boolean {
  if (name !== undefined && name.toUpperCase() !== method) return false;
  if (pattern instanceof RegExp) return pattern.test(url);
  return pattern instanceof URL ? pattern.href === url : url.includes(pattern);
}

function holds(attributes: Fields, effect: ModuleEffect): boolean {
  const given: { readonly [name: string]: Json | undefined } = { ...effect.params, ...effect.attributes };
  return Object.entries(attributes).every(
    ([name, value]) => JSON.stringify(given[name]) === JSON.stringify(value),
  );
}

export function describeWanted(wanted: Wanted): string {
  if (wanted.kind === 'request') return `the request ${wanted.requestId}`;
  if (wanted.kind === 'fetch') {
    return `a fetch of ${wanted.method ?? ''} ${wanted.url}`.replace('  ', ' ').trimEnd();
  }
  const { name, attributes } = wanted;
  return attributes ? `${name} with ${JSON.stringify(attributes)}` : name;
}
