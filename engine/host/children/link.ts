import type { Clock } from '../../ports/index.ts';
import {
  type AskedAbout,
  checkAnswer,
  checkCompiled,
  ProtocolBreach,
  parseFrame,
  type SentCall,
} from './checkAnswer.ts';
import type { DeathReason, SpawnChild } from './childProcess.ts';
import { createFrameReader, createFrameWriter, createKeptTexts, type KeptTexts } from './frames.ts';
import {
  CALLS_AT_ONCE,
  COMPILE_FACTOR,
  FRAME_TARGET_CHARS,
  MAX_CHILD_PROGRAMS,
  MAX_FRAME_BYTES_FROM_CHILD,
  MAX_OPEN_EXECUTIONS,
  START_DEADLINE_MS,
} from './limits.ts';
import type { Answer, ToChild } from './messages.ts';
import { createWatch } from './watch.ts';

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
  /** What it has been through without an answer; the pool writes it. */
  readonly seen: { deaths: number; crashes: number };
  message(call: number, isOpen: boolean): Extract<ToChild, { call: number; execution: number }>;
  answered(answer: Answer): void;
  /** It took the child's life: it was alone in it, or alone in not answering. */
  lost(reason: DeathReason, message: string): void;
  /** No child could be had. */
  refused(): void;
}

export interface Death {
  readonly reason: DeathReason;
  readonly message: string;
  readonly wasReady: boolean;
  /** It was asked something. */
  readonly wasUsed: boolean;
  /** Asked and not answered, in the order in which the child works. */
  readonly sent: readonly Call[];
  /** Those of `sent` that the child may have been at; of the others it is known that they were done, or not begun. */
  readonly suspects: readonly Call[];
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
  /** Calls in flight at a time, as it is now. */
  readonly window: () => number;
  /** The child has compiled a document, and lives. */
  readonly onCompiled: (program: ChildProgram) => void;
  /** Once; nothing happens on a link after it. */
  readonly onDeath: (death: Death) => void;
}

/** One child process and what it was asked. */
export interface Link {
  run(call: Call): void;
  /** Compiles a document before it is needed, when there is nothing else to do. */
  prepare(program: ChildProgram): void;
  /** The session's owner has no more use for it. */
  forget(execution: number): void;
  /** Calls not answered. */
  readonly load: number;
  /** Ends the child; calls not answered go with its death. */
  close(): void;
}

interface SentProgram {
  readonly kind: 'program';
  readonly program: ChildProgram;
  readonly number: number;
  readonly allowanceMs: number;
}

interface SentToSession extends SentCall {
  readonly call: Call;
  readonly allowanceMs: number;
}

type Sent = SentProgram | SentToSession;

/**
 * L1. Answers come in the order of calls, one each; anything else is a breach, and the child is killed.
 * L2. The oldest call not answered is the heartbeat (watch.ts).
 * L3. Messages of one turn of the event loop leave in one frame, but for the first CALLS_AT_ONCE of many, and so on: the
 *     child works at those while the next are made.
 * L4. A child holds answers back for a moment, so the oldest call not answered need not be the one that it is at:
 *     it marks that one before it begins. A mark of anything else makes the oldest a suspect: it had not begun, or it lies.
 */
export function createLink(deps: LinkDeps): Link {
  const { clock, limits } = deps;
  const waiting: Call[] = [];
  const sent: Sent[] = [];
  const programs = new Set<number>();
  /** Held open in the child, least recently used first. */
  const open = new Set<number>();
  /** To be compiled ahead, one by one: what is asked in earnest waits for one at most. */
  let prepared: ChildProgram[] = [];
  let state: 'starting' | 'ready' | 'dead' = 'starting';
  let isFlushPlanned = false;
  let nextCall = 0;

  const read = createFrameReader(MAX_FRAME_BYTES_FROM_CHILD);
  const child = deps.spawn({
    onBytes: receive,
    onExit: (how) => die('crash', `its engine child ended: ${how}`, sent),
  });
  const writer = createFrameWriter((frame, isSent) => child.send(frame, isSent));
  const watch = createWatch({
    ...{ child, clock, memoryBytes: limits.memoryBytes, onExcess: end },
    allowanceMs: () => sent[0]?.allowanceMs,
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
    while (sent.length < deps.window()) {
      const call = waiting.shift();
      if (call === undefined) break;
      if (sent.length === 0) watch.beginQuiet();
      sendCall(call);
    }
    const next = sent.length === 0 ? prepared.shift() : undefined;
    if (next !== undefined && !programs.has(next.number)) admitProgram(next, next.message(nextCall));
    writer.send();
    if (sent.length > 0) watch.look();
  }

  /** What cannot be put into JSON, for being nested too deep, is its caller's fault alone: nothing of it is noted. */
  function sendCall(call: Call): void {
    const { program, execution } = call;
    const isNew = !programs.has(program.number);
    const number = isNew ? nextCall + 1 : nextCall;
    const message = call.message(number, open.has(execution));
    let programText: string | undefined;
    let text: string;
    try {
      if (isNew) programText = program.message(nextCall);
      text = JSON.stringify(message);
    } catch (error) {
      const why = `What was to be done cannot be told to an engine child: ${(error as Error).message}`;
      call.answered({ kind: 'thrown', call: number, message: why });
      return;
    }
    if (programText !== undefined) admitProgram(program, programText);
    nextCall++;
    put(text);
    admitExecution(execution);
    const restores = message.open?.from.kind === 'snapshot';
    sent.push({ kind: message.kind, call, number, restores, allowanceMs: limits.deadlineMs });
  }

  function put(message: string): void {
    writer.add(message);
    if (writer.chars >= FRAME_TARGET_CHARS) writer.send();
  }

  function admitProgram(program: ChildProgram, message: string): void {
    const number = nextCall++;
    programs.add(program.number);
    put(message);
    sent.push({ kind: 'program', program, number, allowanceMs: limits.deadlineMs * COMPILE_FACTOR });
    if (programs.size <= MAX_CHILD_PROGRAMS) return;
    for (const oldest of programs) {
      programs.delete(oldest);
      put(JSON.stringify({ kind: 'discard', program: oldest } satisfies ToChild));
      return;
    }
  }

  function admitExecution(execution: number): void {
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
      for (const { text, kept } of read(bytes)) {
        const texts = createKeptTexts(kept);
        for (const message of parseFrame(text)) take(message, texts);
        if (texts.left > 0)
          throw new ProtocolBreach(`Expected nothing behind the messages, got ${texts.left} bytes.`);
      }
    } catch (error) {
      // A breach, a frame too large, or JSON too deep for the stack: all the child's doing, in its next answer.
      end('crash', `its engine child was ended: ${(error as Error).message}`, sent.slice(0, 1));
      return;
    }
    if (sent.length === 0) watch.stop();
    if (waiting.length > 0 || prepared.length > 0) planFlush();
  }

  function take(message: unknown, kept: KeptTexts): void {
    if (state === 'starting') {
      if ((message as { kind?: unknown } | null)?.kind !== 'ready')
        throw new ProtocolBreach('Expected ready.');
      state = 'ready';
      cancelStart();
      return;
    }
    const first = sent[0];
    if (first === undefined) throw new ProtocolBreach('Expected nothing: nothing was asked.');
    watch.beginQuiet();
    if (first.kind === 'program') {
      checkCompiled(message, first.number);
      sent.shift();
      deps.onCompiled(first.program);
      return;
    }
    const { call } = first;
    const answer = checkAnswer(message, { asked: call.asked, sent: first, kept });
    sent.shift();
    if (!staysOpen(answer)) open.delete(call.execution);
    call.answered(answer);
  }

  /** L4. A document's compilation is the doing of the call behind it. */
  function underWay(): readonly Sent[] {
    const mark = child.workingAt();
    if (mark === undefined) return sent;
    const marked = sent.findIndex(({ number }) => number === mark);
    const at = sent.findIndex(({ kind }, index) => index >= marked && kind !== 'program');
    return sent.slice(at, at + 1);
  }

  /** Whom to suspect is asked of the child while it is there. */
  function end(reason: DeathReason, message: string, suspects = underWay()): void {
    child.kill();
    die(reason, message, suspects);
  }

  function die(reason: DeathReason, message: string, suspects: readonly Sent[]): void {
    if (state === 'dead') return;
    const wasReady = state === 'ready';
    state = 'dead';
    watch.stop();
    cancelStart();
    deps.onDeath({
      ...{ reason, message, wasReady, wasUsed: nextCall > 0 },
      ...{ sent: callsOf(sent), suspects: callsOf(suspects), waiting: [...waiting] },
    });
  }

  return {
    run(call) {
      prepared = [];
      waiting.push(call);
      if (waiting.length < CALLS_AT_ONCE) planFlush();
      else flush();
    },
    prepare(program) {
      prepared.push(program);
      planFlush();
    },
    forget(execution) {
      if (!open.delete(execution)) return;
      put(JSON.stringify({ kind: 'forget', execution } satisfies ToChild));
    },
    get load() {
      return sent.length + waiting.length;
    },
    close: () => end('crash', 'the engine children were closed'),
  };
}

function callsOf(sent: readonly Sent[]): readonly Call[] {
  return sent.flatMap((one) => (one.kind === 'program' ? [] : one.call));
}

function staysOpen(answer: Answer): boolean {
  if (answer.kind === 'stepped') return answer.outcome.status === 'running';
  return answer.kind === 'data';
}
