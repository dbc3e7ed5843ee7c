import type { Installation } from '../../interpreter/index.ts';
import type { Clock } from '../../ports/index.ts';
import { checkAnswer, checkCompiled, type SessionFacts } from './checkAnswer.ts';
import { checkLoad } from './checkLoad.ts';
import { ProtocolBreach, parseMessage } from './checks.ts';
import type { ChildProcess, DeathReason, SpawnChild } from './childProcess.ts';
import { FrameReader, frameOf, type Message } from './frames.ts';
import {
  COMPILE_FACTOR,
  MAX_CHILD_PROGRAMS,
  MAX_FRAME_BYTES_FROM_CHILD,
  MAX_IN_FLIGHT,
  MAX_JSON_CHARS_FROM_CHILD,
  MAX_OPEN_EXECUTIONS,
  START_DEADLINE_MS,
} from './limits.ts';
import type { ChildNotice, ExecutionAnswer, ExecutionRequest, LoadAnswer } from './messages.ts';
import { ChildWatch } from './watch.ts';

/** A document for engine children. */
export interface ChildProgram {
  readonly number: number;
  /** The request to compile it. */
  request(request: number): Message;
}

/** The slot of the pool that runs an execution. The pool writes it, the owner of the execution keeps it. */
export interface Placement {
  slot: number | undefined;
}

/** A request until some child has answered it. */
export type PendingRequest = PendingExecution | PendingLoad;

interface Pending {
  /** Deaths of children that had this request, and crashes that it was suspected of. The pool writes it. */
  readonly seen: { deaths: number; crashes: number };
  /** The request ended a child: there is no other possible cause. */
  lost(loss: Loss): void;
  /** No child could be started, or too many requests wait. */
  refused(): void;
}

export interface Loss {
  readonly reason: DeathReason;
  readonly message: string;
}

/** A document to be read and checked. */
export interface PendingLoad extends Pending {
  readonly kind: 'load';
  /** It may take this many times the deadline of a step. */
  readonly factor: number;
  /** URLs of the files in the request. */
  readonly sentUrls: ReadonlySet<string>;
  request(number: number): Message;
  answered(answer: LoadAnswer): void;
}

/** A request about an execution. */
export interface PendingExecution extends Pending {
  readonly kind: 'execution';
  readonly execution: number;
  readonly placement: Placement;
  readonly program: ChildProgram;
  readonly session: SessionFacts;
  /** `isOpen`: the child holds the execution. */
  request(number: number, isOpen: boolean): ExecutionRequest;
  answered(answer: ExecutionAnswer): void;
}

export interface Death extends Loss {
  readonly wasReady: boolean;
  /** The child had at least one request. */
  readonly wasUsed: boolean;
  /** Sent and not answered, in the order in which the child works. */
  readonly unanswered: readonly PendingRequest[];
  /** Not sent. */
  readonly waiting: readonly PendingRequest[];
}

export interface ChildLimits {
  /** ms of a child's time for one step. */
  readonly deadlineMs: number;
  readonly memoryBytes: number;
}

export interface ChildLinkDeps {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly limits: ChildLimits;
  /** A child gets it before its first program, so a loader never has it. */
  readonly installation?: Installation | undefined;
  /** The child has compiled a document, and is still running. */
  readonly onCompiled: (program: ChildProgram) => void;
  /** Called once. The link does nothing after it. */
  readonly onDeath: (death: Death) => void;
}

interface SentProgram {
  readonly kind: 'program';
  readonly program: ChildProgram;
  readonly number: number;
  readonly allowanceMs: number;
}

interface SentLoad {
  readonly kind: 'load';
  readonly pending: PendingLoad;
  readonly number: number;
  readonly allowanceMs: number;
}

interface SentRequest {
  readonly kind: ExecutionRequest['kind'];
  readonly pending: PendingExecution;
  readonly number: number;
  /** The request has a snapshot, to restore the session from. */
  readonly restores: boolean;
  readonly allowanceMs: number;
}

/**
 * One engine child and its requests.
 *
 * LK1. A child answers in the order of requests, each one as soon as it has the answer. So it works at the
 *      oldest request without an answer.
 * LK2. Any other message is a breach of the protocol: the child is killed.
 * LK3. While the child has requests, its watch checks the time of the oldest one, and its memory.
 */
export class ChildLink {
  readonly #deps: ChildLinkDeps;
  readonly #child: ChildProcess;
  readonly #watch: ChildWatch;
  readonly #reader = new FrameReader(MAX_FRAME_BYTES_FROM_CHILD);
  readonly #cancelStart: () => void;
  readonly #waiting: PendingRequest[] = [];
  readonly #sent: (SentProgram | SentLoad | SentRequest)[] = [];
  /** Numbers of the programs that the child holds, oldest first. */
  readonly #programs = new Set<number>();
  /** Executions that the child holds, least recently used first. */
  readonly #open = new Set<number>();
  /** Documents to compile in advance, one by one, so that a real request waits for at most one of them. */
  #prepared: ChildProgram[] = [];
  #state: 'starting' | 'ready' | 'dead' = 'starting';
  #isAlone = false;
  #hasInstallation = false;
  #nextNumber = 0;

  constructor(deps: ChildLinkDeps) {
    this.#deps = deps;
    const { spawn, clock, limits } = deps;
    this.#child = spawn({
      onBytes: (bytes) => this.#receive(bytes),
      onExit: (how) => this.#die('crash', `its engine child ended: ${how}`),
    });
    this.#watch = new ChildWatch({
      child: this.#child,
      clock,
      memoryBytes: limits.memoryBytes,
      allowanceMs: () => this.#sent[0]?.allowanceMs,
      onExcess: (reason, message) => this.#end(reason, message),
    });
    this.#cancelStart = clock.at(clock.now() + START_DEADLINE_MS, () => {
      if (this.#state === 'starting') this.#end('deadline', 'its engine child did not start');
    });
  }

  run(pending: PendingRequest): void {
    this.#prepared = [];
    this.#waiting.push(pending);
    this.#sendWaiting();
  }

  /** Compiles a document before it is needed, when the child has nothing else to do. */
  prepare(program: ChildProgram): void {
    this.#prepared.push(program);
    this.#sendWaiting();
  }

  /** From now on the child has one request at a time, and holds no execution after its answer. */
  takeOneAtATime(): void {
    this.#isAlone = true;
  }

  /** Requests without an answer. */
  get load(): number {
    return this.#sent.length + this.#waiting.length;
  }

  /** Ends the child. */
  close(): void {
    this.#end('crash', 'the engine children were closed');
  }

  #sendWaiting(): void {
    if (this.#state !== 'ready') return;
    const window = this.#isAlone ? 1 : MAX_IN_FLIGHT;
    while (this.#sent.length < window) {
      const pending = this.#waiting.shift();
      if (pending === undefined) break;
      if (this.#sent.length === 0) this.#watch.restart();
      if (pending.kind === 'load') this.#sendLoad(pending);
      else this.#sendRequest(pending);
    }
    const next = this.#sent.length === 0 ? this.#prepared.shift() : undefined;
    if (next !== undefined && !this.#programs.has(next.number)) {
      this.#sendProgram(next, next.request(this.#nextNumber));
    }
    if (this.#sent.length > 0) this.#watch.begin();
  }

  #sendLoad(pending: PendingLoad): void {
    const number = this.#nextNumber++;
    this.#send(pending.request(number));
    const allowanceMs = this.#deps.limits.deadlineMs * pending.factor;
    this.#sent.push({ kind: 'load', pending, number, allowanceMs });
  }

  /**
   * Data that are nested too deeply for JSON are a fault of this request only. The child gets nothing of it.
   */
  #sendRequest(pending: PendingExecution): void {
    const { program, execution } = pending;
    const isNew = !this.#programs.has(program.number);
    const number = isNew ? this.#nextNumber + 1 : this.#nextNumber;
    const request = pending.request(number, this.#open.has(execution));
    let programRequest: Message | undefined;
    let json: string;
    try {
      if (isNew) programRequest = program.request(this.#nextNumber);
      json = JSON.stringify(request);
    } catch (error) {
      const message = `The request cannot be sent to an engine child: ${(error as Error).message}`;
      pending.answered({ kind: 'thrown', request: number, message });
      return;
    }
    if (programRequest !== undefined) this.#sendProgram(program, programRequest);
    this.#nextNumber++;
    this.#send({ json });
    this.#admitExecution(execution);
    const restores = request.open?.from.kind === 'snapshot';
    const allowanceMs = this.#deps.limits.deadlineMs;
    this.#sent.push({ kind: request.kind, pending, number, restores, allowanceMs });
  }

  #sendProgram(program: ChildProgram, request: Message): void {
    const { installation } = this.#deps;
    if (installation !== undefined && !this.#hasInstallation) {
      this.#hasInstallation = true;
      this.#notify({ kind: 'installation', installation });
    }
    const number = this.#nextNumber++;
    this.#send(request);
    const allowanceMs = this.#deps.limits.deadlineMs * COMPILE_FACTOR;
    this.#sent.push({ kind: 'program', program, number, allowanceMs });
    this.#programs.add(program.number);
    const oldest = firstBeyond(this.#programs, MAX_CHILD_PROGRAMS);
    if (oldest === undefined) return;
    this.#programs.delete(oldest);
    this.#notify({ kind: 'discard', program: oldest });
  }

  #admitExecution(execution: number): void {
    this.#open.delete(execution);
    this.#open.add(execution);
    const oldest = firstBeyond(this.#open, MAX_OPEN_EXECUTIONS);
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(execution: number): void {
    if (this.#open.delete(execution)) this.#notify({ kind: 'forget', execution });
  }

  #notify(message: ChildNotice): void {
    this.#send({ json: JSON.stringify(message) });
  }

  #send(message: Message): void {
    for (const part of frameOf(message)) this.#child.send(part);
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'dead') return;
    try {
      for (const { json, text } of this.#reader.read(bytes)) {
        if (json.length > MAX_JSON_CHARS_FROM_CHILD) {
          throw new ProtocolBreach(`Expected at most ${MAX_JSON_CHARS_FROM_CHILD} characters of JSON.`);
        }
        this.#take(parseMessage(json), text);
      }
    } catch (error) {
      // A breach, a frame that is too large, or JSON that is too deep for the stack: the child's fault in all
      // cases.
      this.#end('crash', `its engine child was ended: ${(error as Error).message}`);
      return;
    }
    if (this.#sent.length === 0) this.#watch.stop();
    this.#sendWaiting();
  }

  /** LK1, LK2. */
  #take(message: unknown, text: Buffer): void {
    if (this.#state === 'starting') {
      if ((message as { kind?: unknown } | null)?.kind !== 'ready') {
        throw new ProtocolBreach('Expected ready.');
      }
      this.#state = 'ready';
      this.#cancelStart();
      return;
    }
    const first = this.#sent[0];
    if (first === undefined) throw new ProtocolBreach('Expected no message: the child has no request.');
    this.#watch.restart();
    if (first.kind === 'program') {
      checkCompiled(message, first.number);
      this.#sent.shift();
      this.#deps.onCompiled(first.program);
      return;
    }
    if (first.kind === 'load') {
      const answer = checkLoad(message, { sent: first.number, sentUrls: first.pending.sentUrls, text });
      this.#sent.shift();
      first.pending.answered(answer);
      return;
    }
    const { pending } = first;
    const answer = checkAnswer(message, { session: pending.session, sent: first });
    this.#sent.shift();
    if (!staysOpen(answer)) this.#open.delete(pending.execution);
    else if (this.#isAlone) this.#forget(pending.execution);
    pending.answered(answer);
  }

  #end(reason: DeathReason, message: string): void {
    this.#child.kill();
    this.#die(reason, message);
  }

  #die(reason: DeathReason, message: string): void {
    if (this.#state === 'dead') return;
    const wasReady = this.#state === 'ready';
    this.#state = 'dead';
    this.#watch.stop();
    this.#cancelStart();
    this.#deps.onDeath({
      reason,
      message,
      wasReady,
      wasUsed: this.#nextNumber > 0,
      unanswered: this.#sent.flatMap((sent) => (sent.kind === 'program' ? [] : sent.pending)),
      waiting: [...this.#waiting],
    });
  }
}

/** The first of a set that has more than `limit` members. */
function firstBeyond(set: ReadonlySet<number>, limit: number): number | undefined {
  if (set.size <= limit) return undefined;
  for (const first of set) return first;
  return undefined;
}

function staysOpen(answer: ExecutionAnswer): boolean {
  if (answer.kind === 'stepped') return answer.outcome.status === 'running';
  return answer.kind === 'data';
}
