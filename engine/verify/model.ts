import type { Document, InvokeSource, ModuleEffect, Transition, UntypedEvent } from '../interpreter/index.ts';
import { fetchEvent, resultEvent } from '../interpreter/stepper/index.ts';
import { defined, type Json } from '../ports/index.ts';
import { complete, generatedBody } from './generated.ts';
import { nameOf, type Outside, urlOf } from './outside.ts';
import { conditionsOf, type Fields, type RequestPattern, type Surroundings } from './surroundings.ts';
import { TestedMembers } from './testedMembers.ts';

/** A document with its surroundings, as far as they do not change while it is explored. */
export class Model {
  readonly document: Document;
  readonly documentOf: (source: InvokeSource) => Document | undefined;
  readonly surroundings: Surroundings;
  readonly chatIds: readonly string[];
  /** Members whose value the document tests: an id that is over differs there from the empty text. */
  readonly testedMembers: TestedMembers;
  readonly #generatedBodies: readonly Json[];
  /** Per event name and state: whether a transition of the state waits for the event. */
  readonly #waiting = new Map<string, ReadonlySet<number>>();

  constructor(
    document: Document,
    surroundings: Surroundings,
    documentOf: (source: InvokeSource) => Document | undefined,
  ) {
    this.document = document;
    this.documentOf = documentOf;
    this.surroundings = complete(document, surroundings);
    this.chatIds = Object.keys(this.surroundings.interactions);
    this.testedMembers = new TestedMembers(document, surroundings.properties.flatMap(conditionsOf));
    this.#generatedBodies = [generatedBody(document)];
  }

  /** The surroundings before the start of the session. */
  get outside(): Outside {
    const { events, held, properties } = this.surroundings;
    return {
      open: [],
      asked: [],
      askCount: 0,
      used: events.map(() => 0),
      chats: this.chatIds.map(() => 'absent'),
      held: held.map(() => 0),
      watches: properties.map(() => 0),
    };
  }

  accepts(event: string, configuration: readonly string[]): boolean {
    const states = this.#waitingFor(event);
    const { stateById } = this.document;
    return states.has(0) || configuration.some((id) => states.has(stateById.get(id)!));
  }

  viewsOf(chat: number): readonly Fields[] {
    return this.surroundings.interactions[this.chatIds[chat]!]!;
  }

  bodiesFor(effect: ModuleEffect): readonly Json[] {
    const row = this.surroundings.fetches.find((answers) => fits(answers, effect));
    return row?.ok ?? this.#generatedBodies;
  }

  resultsFor(effect: ModuleEffect): { readonly done: readonly Fields[]; readonly error: readonly Fields[] } {
    const row = this.surroundings.modules.find(({ module }) => module === nameOf(effect));
    return row ?? { done: [{}], error: [{ error: 'failed', description: 'it failed' }] };
  }

  /** The event that answers the request at once. Undefined: its answers are moves. */
  promptAnswer(effect: ModuleEffect): UntypedEvent | undefined {
    if (nameOf(effect) === 'session.fetch') {
      const row = this.surroundings.fetches.find((answers) => fits(answers, effect));
      return row?.prompt ? fetchEvent(effect, { json: row.ok[0]! }) : undefined;
    }
    const row = this.surroundings.modules.find(({ module }) => module === nameOf(effect));
    if (!row?.prompt) return undefined;
    const { interactionid } = effect.attributes;
    return resultEvent(effect, { ...defined({ interactionid }), ...row.done[0] });
  }

  /** The document has made a request. */
  heldAfterRequest(held: Outside['held'], effect: ModuleEffect): Outside['held'] {
    return this.#given(held, effect, (pattern) => pattern.done !== true);
  }

  /** The request has its answer. */
  heldAfterAnswer(held: Outside['held'], effect: ModuleEffect, isGood: boolean): Outside['held'] {
    if (!isGood) return held;
    const given = this.#given(held, effect, (pattern) => pattern.done === true);
    return this.surroundings.held.reduce(
      (after, { takenBy }, index) => (fits(takenBy, effect) ? after.with(index, after[index]! + 1) : after),
      given,
    );
  }

  #given(
    held: Outside['held'],
    effect: ModuleEffect,
    counts: (pattern: { readonly done?: boolean }) => boolean,
  ): Outside['held'] {
    return this.surroundings.held.reduce((after, { givenBackBy }, index) => {
      const isBack = givenBackBy.some((pattern) => counts(pattern) && fits(pattern, effect));
      return isBack ? after.with(index, Math.max(0, after[index]! - 1)) : after;
    }, held);
  }

  /** True when the request is one of those that the pattern means. */
  fits(pattern: RequestPattern, effect: ModuleEffect): boolean {
    return fits(pattern, effect);
  }

  #waitingFor(event: string): ReadonlySet<number> {
    const known = this.#waiting.get(event);
    if (known) return known;
    const segments = event.split('.');
    const waits = ({ events }: Transition): boolean =>
      events?.some((descriptor) => descriptor.segments.every((part, index) => part === segments[index])) ??
      false;
    const states = new Set(this.document.transitions.filter(waits).map(({ source }) => source));
    this.#waiting.set(event, states);
    return states;
  }
}

function fits(pattern: RequestPattern, effect: ModuleEffect): boolean {
  if ('module' in pattern) return pattern.module === nameOf(effect);
  if (nameOf(effect) !== 'session.fetch' || !urlOf(effect).includes(pattern.fetch)) return false;
  const method = String(effect.attributes.method ?? 'get').toLowerCase();
  return pattern.method === undefined || pattern.method.toLowerCase() === method;
}
