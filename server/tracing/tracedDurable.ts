import { type Context, context, type Link, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import {
  type Batch,
  type Durable,
  ForwardedDurable,
  type StorePort,
  type TaskInfo,
} from '../../engine/durable/index.ts';
import { type Clock, type Json, recentEntries } from '../../engine/ports/index.ts';
import { withinSpan } from './spans.ts';

/** Tasks whose spans are remembered for the time until they are performed. */
const MAX_TASKS = 10_000;
/** Commits to which the span of a write has links. */
const MAX_LINKS = 100;

/** The spans of the commits that wait for the next write. */
export class CommitLinks {
  #links: Link[] = [];

  /** A commit of the active span is about to join the next write. */
  join(): void {
    const spanContext = trace.getSpanContext(context.active());
    if (spanContext === undefined || this.#links.length === MAX_LINKS) return;
    this.#links.push({ context: spanContext });
  }

  /** A write with a span that has links to the spans of its commits: it belongs to several traces. */
  around(write: StorePort['write']): StorePort['write'] {
    return (operations) => {
      const links = this.#links;
      this.#links = [];
      const attributes = { 'orsay.store.operations': operations.length };
      return withinSpan({ name: 'store write', parent: ROOT_CONTEXT, links, attributes }, () =>
        write(operations),
      );
    };
  }
}

/**
 * Durable with a span for each attempt of a task. An effect, which is due at once, is a child of the span
 * that committed it. A timer begins a trace with a link to that span, because days may lie between. After a
 * restart the spans of committed tasks are not known any more.
 */
export class TracedDurable extends ForwardedDurable {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #links: CommitLinks;
  readonly #causes = recentEntries<string, { readonly cause: Context; readonly isTimer: boolean }>(MAX_TASKS);

  constructor(
    durable: Durable,
    { clock, links }: { readonly clock: Pick<Clock, 'now'>; readonly links: CommitLinks },
  ) {
    super(durable);
    this.#clock = clock;
    this.#links = links;
  }

  override commit(batch: Batch): Promise<void> {
    const cause = context.active();
    if (trace.getSpanContext(cause) !== undefined) {
      this.#links.join();
      const now = this.#clock.now();
      for (const { key, dueAt } of batch.schedule ?? []) {
        this.#causes.set(key, { cause, isTimer: dueAt > now });
      }
    }
    return super.commit(batch);
  }

  override onTask<P>(
    kind: string,
    perform: (payload: P, task: TaskInfo) => Promise<void>,
    options?: Parameters<Durable['onTask']>[2],
  ): void {
    const traced = async (payload: P, task: TaskInfo): Promise<void> => {
      await withinSpan(
        {
          name: `task ${kind}`,
          kind: SpanKind.INTERNAL,
          attributes: {
            'orsay.task.kind': kind,
            'orsay.task.attempt': task.attempt,
            ...sessionOf(payload as Json),
          },
          ...this.#causeOf(task.key),
        },
        () => perform(payload, task),
      );
      this.#causes.delete(task.key);
    };
    super.onTask(kind, traced, options);
  }

  #causeOf(key: string): { readonly parent: Context; readonly links?: Link[] } {
    const known = this.#causes.get(key);
    if (known === undefined) return { parent: ROOT_CONTEXT };
    const { cause, isTimer } = known;
    if (!isTimer) return { parent: cause };
    return { parent: ROOT_CONTEXT, links: [{ context: trace.getSpanContext(cause)! }] };
  }
}

function sessionOf(payload: Json): { readonly 'orsay.session.id'?: string } {
  const isObject = typeof payload === 'object' && payload !== null && 'sessionId' in payload;
  return isObject && typeof payload.sessionId === 'string' ? { 'orsay.session.id': payload.sessionId } : {};
}
