import type { Clock } from '../ports.ts';
import {
  type AskedAbout,
  checkAnswer,
  checkCompiled,
  ProtocolBreach,
  parseFrame,
  type SentCall,
} from './checkAnswer.ts';
import type { SpawnChild } from './childProcess.ts';
import { createFrameReader, encodeFrame, frameText } from './frames.ts';
import {
  COMPILE_FACTOR,
  FRAME_TARGET_CHARS,
  MAX_CHILD_PROGRAMS,
  MAX_FRAME_BYTES_FROM_CHILD,
  MAX_OPEN_EXECUTIONS,
  START_DEADLINE_MS,
  STARVED_FACTOR,
  WATCH_INTERVAL_MS,
} from './limits.ts';
import type { Answer, ToChild } from './messages.ts';

/** A document as children are told of it. */
export interface ChildProgram {
  readonly number: number;
  /** The message that gives it to a child; made anew each time, documents are large and children live long. */
  message(call: number): string;
}

/** Where an execution is run; the pool writes it, the execution's owner keeps it. */
export interface Placement {
  slot: number | undefined;
}

/** Something to be asked of whatever child holds, or is to hold, an execution. */
export interface Call {
  readonly execution: number;
  readonly placement: Placement;
  readonly program: ChildProgram;
  readonly asked: AskedAbout;
  message(call: number, isOpen: boolean): Extract<ToChild, { call: number; execution: number }>;
  answered(answer: Answer): void;
  /** It took the child's life: it was alone in it, or alone in not answering. */
  lost(reason: DeathReason, message: string): void;
  /** No child could be had. */
  refused(): void;
}

export type DeathReason = 'deadline' | 'memory' | 'crash';

export interface Death {
  /** 'closed': by ourselves, and nobody's fault. */
  readonly reason: DeathReason | 'closed';
  readonly message: string;
  readonly wasReady: boolean;
  /** It was asked something. */
  readonly wasUsed: boolean;
  /** Asked and not answered, in the order in which the child works. */
  readonly sent: readonly Call[];
  readonly waiting: readonly Call[];
}

export interface ChildLimits {
  /** ms of a child's time for one step. */
  readonly deadlineMs: number;
  readonly memoryBytes: number;
}

export interface LinkDeps {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly limits: ChildLimits;
  /** Calls in flight at a time. */
  readonly window: number;
  /** Once; nothing happens on a link after it. */
  readonly onDeath: (death: Death) => void;
}

/** One child process and what it was asked. */
export interface Link {
  run(call: Call): void;
  /** The session's owner has no more use for it. */
  forget(execution: number): void;
  /** Calls not answered. */
  readonly load: number;
  /** Ends the child; calls not answered go with its death. */
  close(): void;
}

interface Sent extends SentCall {
  /** Absent: the compilation of a document. */
  readonly call?: Call;
  readonly allowanceMs: number;
}

/**
 * L1. Answers come in the order of calls, one each; anything else is a breach, and the child is killed.
 * L2. The oldest call not answered is the heartbeat. Time is counted in looks at the child, so that a parent
 *     that was busy itself counts nothing; a child that got no processor is given STARVED_FACTOR times as long.
 * L3. Messages of one turn of the event loop leave in one frame.
 */
export function createLink(deps: LinkDeps): Link {
  const { clock, limits, window } = deps;
  const waiting: Call[] = [];
  const sent: Sent[] = [];
  const programs = new Set<number>();
  /** Held open in the child, least recently used first. */
  const open = new Set<number>();
  const notices: string[] = [];
  let state: 'starting' | 'ready' | 'dead' = 'starting';
  let isFlushPlanned = false;
  let nextCall = 0;
  let quietLooks = 0;
  let cpuAtQuiet = 0;
  let cancelLook: (() => void) | undefined;
  let expected: { readonly reason: DeathReason | 'closed'; readonly message: string } | undefined;

  const read = createFrameReader(MAX_FRAME_BYTES_FROM_CHILD);
  const child = deps.spawn({
    onBytes: receive,
    onExit: (how) => die('crash', `its engine child ended: ${how}`),
  });
  const cancelStart = clock.at(clock.now() + START_DEADLINE_MS, () => {
    if (state === 'starting') end('deadline', 'its engine child did not start');
  });

  function planFlush(): void {
    if (isFlushPlanned || state !== 'ready') return;
    isFlushPlanned = true;
    setImmediate(() => {
      isFlushPlanned = false;
      flush();
    });
  }

  function flush(): void {
    if (state !== 'ready') return;
    let messages = notices.splice(0);
    let chars = 0;
    const put = (message: string): void => {
      messages.push(message);
      chars += message.length;
      if (chars < FRAME_TARGET_CHARS) return;
      child.send(encodeFrame(frameText(messages)));
      messages = [];
      chars = 0;
    };
    while (sent.length < window) {
      const call = waiting.shift();
      if (call === undefined) break;
      if (sent.length === 0) beginQuiet();
      if (!programs.has(call.program.number)) admitProgram(call.program, put);
      const number = nextCall++;
      const message = call.message(number, open.has(call.execution));
      put(JSON.stringify(message));
      admitExecution(call.execution, put);
      const restores = message.open?.from.kind === 'snapshot';
      sent.push({ call, number, restores, allowanceMs: limits.deadlineMs });
    }
    if (messages.length > 0) child.send(encodeFrame(frameText(messages)));
    if (sent.length > 0) look();
  }

  function admitProgram(program: ChildProgram, put: (message: string) => void): void {
    const number = nextCall++;
    programs.add(program.number);
    put(program.message(number));
    sent.push({ number, restores: false, allowanceMs: limits.deadlineMs * COMPILE_FACTOR });
    if (programs.size <= MAX_CHILD_PROGRAMS) return;
    for (const oldest of programs) {
      programs.delete(oldest);
      put(JSON.stringify({ kind: 'discard', program: oldest } satisfies ToChild));
      return;
    }
  }

  function admitExecution(execution: number, put: (message: string) => void): void {
    open.delete(execution);
    open.add(execution);
    if (open.size <= MAX_OPEN_EXECUTIONS) return;
    for (const oldest of open) {
      open.delete(oldest);
      put(JSON.stringify({ kind: 'forget', execution: oldest } satisfies ToChild));
      return;
    }
  }

  function receive(bytes: Uint8Array): void {
    if (state === 'dead') return;
    try {
      for (const text of read(bytes)) {
        for (const message of parseFrame(text)) take(message);
      }
    } catch (error) {
      // A breach, a frame too large, or JSON too deep for the stack: all the child's doing.
      end('crash', `its engine child was ended: ${(error as Error).message}`);
      return;
    }
    if (sent.length === 0) stopLooking();
    if (waiting.length > 0) planFlush();
  }

  function take(message: unknown): void {
    if (state === 'starting') {
      if ((message as { kind?: unknown } | null)?.kind !== 'ready')
        throw new ProtocolBreach('Expected ready.');
      state = 'ready';
      cancelStart();
      return;
    }
    const first = sent[0];
    if (first === undefined) throw new ProtocolBreach('Expected nothing: nothing was asked.');
    const { call } = first;
    if (call === undefined) {
      checkCompiled(message, first.number);
      sent.shift();
      beginQuiet();
      return;
    }
    const answer = checkAnswer(message, call.asked, first);
    sent.shift();
    if (!staysOpen(answer)) open.delete(call.execution);
    beginQuiet();
    call.answered(answer);
  }

  function beginQuiet(): void {
    quietLooks = 0;
  }

  function look(): void {
    if (cancelLook !== undefined) return;
    cancelLook = clock.at(clock.now() + WATCH_INTERVAL_MS, () => {
      cancelLook = undefined;
      const first = sent[0];
      if (state !== 'ready' || first === undefined) return;
      watch(first);
      if (state === 'ready') look();
    });
  }

  function stopLooking(): void {
    cancelLook?.();
    cancelLook = undefined;
  }

  function watch(first: Sent): void {
    const usage = child.usage();
    if (usage !== undefined && usage.rssBytes > limits.memoryBytes) {
      const mb = Math.round(usage.rssBytes / 1_048_576);
      end('memory', `its step took more memory than allowed: ${mb} MB of ${limits.memoryBytes / 1_048_576}`);
      return;
    }
    if (quietLooks === 0) cpuAtQuiet = usage?.cpuMs ?? 0;
    quietLooks++;
    const quietMs = quietLooks * WATCH_INTERVAL_MS;
    if (quietMs <= first.allowanceMs) return;
    const isStarved = usage !== undefined && usage.cpuMs - cpuAtQuiet < first.allowanceMs / 2;
    if (isStarved && quietMs <= first.allowanceMs * STARVED_FACTOR) return;
    end('deadline', `its step did not end within ${first.allowanceMs} ms`);
  }

  function end(reason: DeathReason | 'closed', message: string): void {
    expected ??= { reason, message };
    child.kill();
    die(reason, message);
  }

  function die(reason: DeathReason | 'closed', message: string): void {
    if (state === 'dead') return;
    const wasReady = state === 'ready';
    state = 'dead';
    stopLooking();
    cancelStart();
    const calls = sent.flatMap(({ call }) => call ?? []);
    deps.onDeath({
      ...(expected ?? { reason, message }),
      ...{ wasReady, wasUsed: nextCall > 0, sent: calls, waiting: [...waiting] },
    });
  }

  return {
    run(call) {
      waiting.push(call);
      planFlush();
    },
    forget(execution) {
      if (!open.delete(execution)) return;
      notices.push(JSON.stringify({ kind: 'forget', execution } satisfies ToChild));
    },
    get load() {
      return sent.length + waiting.length;
    },
    close: () => end('closed', 'the engine children were closed'),
  };
}

function staysOpen(answer: Answer): boolean {
  if (answer.kind === 'stepped') return answer.outcome.status === 'running';
  return answer.kind === 'data';
}
