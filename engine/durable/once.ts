import { createHash } from 'node:crypto';
import { type Clock, defined } from '../ports/index.ts';
import { type Batch, type Durable, joinBatches, type PutRecord } from './durable.ts';

/**
 * How long the answer to a request with a key is kept: a repetition within this time gets the same answer.
 */
export const KEY_RETENTION_MS = 24 * 3_600_000;

export const KEYS = 'idempotency.key';

/** An effect that a caller names with an idempotency key. */
export interface KeyedEffect {
  /**
   * Scope of the key: the kind of effect, its owner, its object. Equal keys of other scopes are
   * independent.
   */
  readonly scope: readonly string[];
  readonly key: string;
}

/** Table KEYS: the answer to the first request with a key. */
interface Performed {
  readonly answer?: unknown;
  /** ms since epoch of the first request. A repetition does not extend its retention. */
  readonly at: number;
}

/** A computed commit, and the answer to give when it is durable. */
interface Computed<Answer> {
  readonly batch: Batch;
  readonly answer: Answer;
}

/**
 * Effects that happen once, even if they are requested several times with the same key within a day
 * (KEY_RETENTION_MS) of the first request. A repetition gets the first answer, even when its other fields
 * differ. A request that failed leaves no trace, so its repetition counts as the first. Every request without
 * a key is a new one. Answers are JSON values.
 */
export class Once {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor({ durable, clock }: { readonly durable: Durable; readonly clock: Clock }) {
    this.#durable = durable;
    this.#clock = clock;
  }

  /**
   * Performs an effect that is one commit, and stores the key in it. `effect` computes from stored data and
   * does not await. Its answer, or the error that it throws, is given when the data it was computed from is
   * durable as well.
   */
  async commit<Answer>(keyed: KeyedEffect | undefined, effect: () => Computed<Answer>): Promise<Answer> {
    // Nothing awaits between this check and the commit: a second request with the key would pass it as well.
    if (keyed !== undefined && this.#durable.has(KEYS, recordKey(keyed))) {
      return (await this.earlier<Answer>(keyed))!.answer;
    }
    let computed: Computed<Answer>;
    try {
      computed = effect();
    } catch (refusal) {
      // The data that the effect was refused for may still be pending, and its commit may fail.
      await this.#durable.whenDurable();
      throw refusal;
    }
    const { batch, answer } = computed;
    const put = keyed === undefined ? [] : [this.#performed(keyed, answer)];
    await this.#durable.commit(joinBatches(batch, { put }));
    return answer;
  }

  /**
   * Performs an effect that is not one commit. After a crash in the middle it is performed again, so its
   * parts must have keys of their own, or be harmless. A repetition that comes while the first is under way
   * waits for its outcome. An effect that knows its answer before its last commit gives it to `doneBatch`:
   * then the key joins that commit, and there is no commit more.
   */
  perform<Answer>(
    keyed: KeyedEffect | undefined,
    effect: (doneBatch: (answer: Answer) => Batch) => Promise<Answer>,
  ): Promise<Answer> {
    if (keyed === undefined) return effect(() => ({}));
    const id = recordKey(keyed);
    const running = this.#underWay.get(id);
    if (running !== undefined) return running as Promise<Answer>;
    const performing = this.#performFirst(keyed, effect).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, performing);
    return performing;
  }

  /**
   * The answer to an earlier request, given when it is durable; undefined when there was no earlier request.
   */
  async earlier<Answer>(keyed: KeyedEffect): Promise<{ readonly answer: Answer } | undefined> {
    const performed = this.#durable.get<Performed>(KEYS, recordKey(keyed));
    if (performed === undefined) return undefined;
    await this.#durable.whenDurable();
    return { answer: performed.answer as Answer };
  }

  /** Marks the effect as done, for a commit that another part makes. Its answer is undefined. */
  doneBatch(keyed: KeyedEffect): Batch {
    return { put: [this.#performed(keyed)] };
  }

  async #performFirst<Answer>(
    keyed: KeyedEffect,
    effect: (doneBatch: (answer: Answer) => Batch) => Promise<Answer>,
  ): Promise<Answer> {
    const before = await this.earlier<Answer>(keyed);
    if (before !== undefined) return before.answer;
    let isJoined = false;
    const answer = await effect((known) => {
      isJoined = true;
      return { put: [this.#performed(keyed, known)] };
    });
    if (!isJoined) await this.#durable.commit({ put: [this.#performed(keyed, answer)] });
    return answer;
  }

  #performed(keyed: KeyedEffect, answer?: unknown): PutRecord {
    const value: Performed = defined({ at: this.#clock.now(), answer });
    return { table: KEYS, key: recordKey(keyed), value, expiresAt: value.at + KEY_RETENTION_MS };
  }
}

/** The effect of this scope that a request's key names; undefined when the request has no key. */
export function keyedBy(key: string | undefined, ...scope: readonly string[]): KeyedEffect | undefined {
  return key === undefined ? undefined : { scope, key };
}

/**
 * 64 hexadecimal digits for parts of any length. Also serves as an id that repetitions derive
 * again.
 */
export function recordKey({ scope, key }: KeyedEffect): string {
  return createHash('sha256')
    .update(JSON.stringify([...scope, key]))
    .digest('hex');
}
