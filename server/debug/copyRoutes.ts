import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { ExecutionLost, type ReplayedStep, RestoreFailed } from '../../engine/host/index.ts';
import { type Clock, defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import { actorOf } from '../access/index.ts';
import { noTrace, WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { copiedReply, forkReply, readFork, replayedReply } from './copyWire.ts';
import { SESSION_ROOT, type SessionRoutesDeps, sessionOf } from './routesDeps.ts';

/** Copies that are computed at the same time. */
const MAX_COPIES = 4;
/** A reader of a replay may keep it waiting for so long in all. Then the list is cut. */
const MAX_READER_WAIT_MS = 60_000;

/** Steps on copies of sessions: traces that are computed again, and forks. Nothing is stored or performed. */
export function registerCopyRoutes(router: Router, deps: SessionRoutesDeps): void {
  const { copies, uses, clock } = deps;
  const places = new Places(MAX_COPIES);

  router.get(`${SESSION_ROOT}/steps`, async (ctx) => {
    const sid = sessionOf(ctx, deps);
    const steps = copies.replay(sid);
    if (steps === undefined) throw noTrace(sid);
    await uses.read(`session:${sid}`, actorOf(ctx), 'replay');
    const lines = places.during(replayLines(steps));
    // A fault of the first step is an error reply; a later one cuts the file.
    const first = await lines.next();
    const all = startingWith(first.value ?? '', lines);
    const body = Readable.from(forReader(all, { clock, late: () => body.destroy() }));
    body.once('close', () => void lines.return(undefined));
    ctx.type = 'application/x-ndjson';
    ctx.body = body;
  });

  router.get(`${SESSION_ROOT}/steps/:step`, async (ctx) => {
    const sid = sessionOf(ctx, deps);
    const step = requireStep(Number(ctx.params.step), sid, deps);
    await uses.read(`session:${sid}`, actorOf(ctx), 'replay');
    const state = await places.run(() => copies.stateAfter(sid, step));
    if (state === undefined) throw noTrace(sid);
    replyJson(ctx, { session: sid, step, ...copiedReply(state) } as Json);
  });

  router.post(`${SESSION_ROOT}/fork`, async (ctx) => {
    const sid = sessionOf(ctx, deps);
    const { step, inputs } = readFork(ctx.state.json);
    if (step !== undefined) requireStep(step, sid, deps);
    await uses.read(`session:${sid}`, actorOf(ctx), 'fork');
    const fork = await places.run(() => copies.fork(sid, { inputs, ...defined({ step }) }));
    if (fork === undefined) {
      throw new WireError('SESSION_NOT_FOUND', {
        message: `Session '${sid}' does not run. Name a step of its trace.`,
      });
    }
    replyJson(ctx, forkReply(fork));
  });
}

/** A document that cannot be stepped on a copy is no fault of the server. */
function withReason(error: unknown): unknown {
  if (!(error instanceof ExecutionLost || error instanceof RestoreFailed)) return error;
  return new WireError('CONFLICT', {
    message: `The copy cannot be stepped: ${error.message}.`,
    cause: error,
  });
}

/** Throws SESSION_NOT_FOUND or PARAMETER_INVALID when the trace of the session does not have the step. */
function requireStep(step: number, sid: SessionId, { copies }: SessionRoutesDeps): number {
  const traced = copies.tracedSteps(sid);
  if (traced === undefined) throw noTrace(sid);
  const { from, to } = traced;
  if (Number.isInteger(step) && step >= from && step <= to) return step;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected a step from ${from} to ${to}, got ${step}.`,
  });
}

/** Each step in a line, and the number of lines at the end: a list without it was cut. */
async function* replayLines(steps: AsyncIterable<ReplayedStep>): AsyncGenerator<string> {
  let lines = 0;
  for await (const step of steps) {
    lines += 1;
    yield `${JSON.stringify(replayedReply(step))}\n`;
  }
  yield `${JSON.stringify({ end: lines })}\n`;
}

async function* startingWith(first: string, others: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* others;
}

/** `late` is called once the reader has kept the lines waiting for MAX_READER_WAIT_MS in all. */
async function* forReader(
  lines: AsyncIterable<string>,
  { clock, late }: { readonly clock: Clock; readonly late: () => void },
): AsyncGenerator<string> {
  let waited = 0;
  for await (const line of lines) {
    const from = clock.now();
    const stop = clock.at(from + MAX_READER_WAIT_MS - waited, late);
    try {
      yield line;
    } finally {
      stop();
    }
    // The clock of the computer may be set back.
    waited += Math.max(0, clock.now() - from);
  }
}

/** Places of work that takes long. */
class Places {
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#take();
    try {
      return await work();
    } catch (error) {
      throw withReason(error);
    } finally {
      this.#free += 1;
    }
  }

  async *during(lines: AsyncGenerator<string>): AsyncGenerator<string> {
    this.#take();
    try {
      yield* lines;
    } catch (error) {
      throw withReason(error);
    } finally {
      this.#free += 1;
    }
  }

  #take(): void {
    if (this.#free === 0) {
      throw new WireError('SERVER_BUSY', {
        message: `Expected at most ${MAX_COPIES} copies of sessions at the same time (MAX_COPIES), got one more.`,
      });
    }
    this.#free -= 1;
  }
}
