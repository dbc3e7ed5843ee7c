import { createHash } from 'node:crypto';
import type { Clock } from '../ports/index.ts';
import { type Batch, type Durable, joinBatches, type PutRecord } from './durable.ts';
import { DEFAULT_RETENTION } from './retention.ts';

const KEYS = 'idempotency.key';

/** An effect that a caller's idempotency key names. */
export interface KeyedEffect {
  /** What the key counts for: which effect, of whom, on what. Nobody gets what another's equal key made. */
  readonly scope: readonly string[];
  readonly key: string;
}

/** Table KEYS: what the first request with a key was answered. */
interface Performed {
  readonly answer?: unknown;
  /** ms since epoch of the first request: its day does not begin anew with a repetition. */
  readonly at: number;
}

/**
 * Effects that happen once however often they are asked for with the same key, within a day of the first time. A
 * repetition gets what the first one was answered, also where its other fields differ; a request that failed leaves
 * no trace, and its repetition is a first one. Without a key every request is a new one. Answers are JSON-able.
 */
export interface Once {
  /**
   * An effect that is one commit, with the key in it. `effect` computes from what is stored, and does not await. Its
   * answer, and its refusal by throwing, are given when what they were computed from is durable too.
   */
  commit<Answer>(
    keyed: KeyedEffect | undefined,
    effect: () => { readonly batch: Batch; readonly answer: Answer },
  ): Promise<Answer>;
  /**
   * An effect that is not one commit. After a crash in the middle it is performed again: its parts must be keyed
   * themselves, or harmless. A repetition that comes while it is under way waits for its outcome.
   */
  perform<Answer>(keyed: KeyedEffect | undefined, effect: () => Promise<Answer>): Promise<Answer>;
  /** What an earlier request was answered, when that is durable; undefined: there was none. */
  earlier<Answer>(keyed: KeyedEffect): Promise<{ readonly answer: Answer } | undefined>;
  /** That the effect has happened, for a commit that another part makes; its answer is undefined. */
  doneBatch(keyed: KeyedEffect): Batch;
}

export function createOnce(deps: { readonly durable: Durable; readonly clock: Clock }): Once {
  const { durable, clock } = deps;
  const underWay = new Map<string, Promise<unknown>>();

  const first = (keyed: KeyedEffect, answer: unknown): PutRecord =>
    recordOf(keyed, { at: clock.now(), ...(answer === undefined ? {} : { answer }) });

  async function earlier<Answer>(keyed: KeyedEffect): Promise<{ readonly answer: Answer } | undefined> {
    const performed = durable.get<Performed>(KEYS, recordKey(keyed));
    if (performed === undefined) return undefined;
    await durable.whenDurable();
    return { answer: performed.answer as Answer };
  }

  async function performFirst<Answer>(keyed: KeyedEffect, effect: () => Promise<Answer>): Promise<Answer> {
    const before = await earlier<Answer>(keyed);
    if (before !== undefined) return before.answer;
    const answer = await effect();
    await durable.commit({ put: [first(keyed, answer)] });
    return answer;
  }

  return {
    earlier,

    async commit(keyed, effect) {
      if (keyed !== undefined && durable.has(KEYS, recordKey(keyed))) {
        const before = await earlier<ReturnType<typeof effect>['answer']>(keyed);
        return before!.answer;
      }
      let made: ReturnType<typeof effect>;
      try {
        made = effect();
      } catch (refusal) {
        // What it is refused for may be on its way to the disk, and not arrive.
        await durable.whenDurable();
        throw refusal;
      }
      const { batch, answer } = made;
      await durable.commit(keyed === undefined ? batch : joinBatches(batch, { put: [first(keyed, answer)] }));
      return answer;
    },

    perform<Answer>(keyed: KeyedEffect | undefined, effect: () => Promise<Answer>): Promise<Answer> {
      if (keyed === undefined) return effect();
      const id = recordKey(keyed);
      const running = underWay.get(id);
      if (running !== undefined) return running as Promise<Answer>;
      const performing = performFirst(keyed, effect).finally(() => underWay.delete(id));
      underWay.set(id, performing);
      return performing;
    },

    doneBatch: (keyed) => ({ put: [first(keyed, undefined)] }),
  };
}

/** The effect of this scope that a request's key names, if it has one. */
export function keyedBy(key: string | undefined, ...scope: readonly string[]): KeyedEffect | undefined {
  return key === undefined ? undefined : { scope, key };
}

/** Hexadecimal, 64 digits: the parts have any length. Also an id that repetitions derive again. */
export function recordKey({ scope, key }: KeyedEffect): string {
  return createHash('sha256')
    .update(JSON.stringify([...scope, key]))
    .digest('hex');
}

/** No longer than the answers of sessions: one that was forgotten would be asked for once more. */
function recordOf(keyed: KeyedEffect, value: Performed): PutRecord {
  return { table: KEYS, key: recordKey(keyed), value, expiresAt: value.at + DEFAULT_RETENTION.replyMs };
}
