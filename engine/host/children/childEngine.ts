import type { Document, Limits, StepInput, StepOptions, StepOutcome } from '../../interpreter/index.ts';
import type { Json } from '../../ports/index.ts';
import {
  ExecutionLost,
  type HostEngine,
  HostError,
  type HostedExecution,
  type HostedProgram,
  RestoreFailed,
} from '../index.ts';
import type { AskedAbout } from './checkAnswer.ts';
import type { Call, ChildProgram, Placement } from './link.ts';
import { type Answer, type Opening, type ToChild, toDocumentMessage } from './messages.ts';
import type { Pool } from './pool.ts';

/** A HostEngine whose sessions run in child processes; it compiles nothing and runs no document code itself. */
export function createChildEngine(pool: Pool): HostEngine {
  let programs = 0;
  let executions = 0;

  function open(
    program: HostedProgram,
    session: Pick<SessionState, 'sessionId' | 'opening'>,
  ): HostedExecution {
    if (!(program instanceof ProgramInChildren)) throw new Error('Expected a program of this engine.');
    return new ExecutionInChild({ ...session, pool, program, execution: executions++ });
  }

  return {
    compileProgram: (document) => new ProgramInChildren(document, programs++),
    startExecution: (program, options) =>
      open(program, { sessionId: options.sessionId, opening: { kind: 'start', options } }),
    restoreExecution(program, { sessionId, text }, { limits } = {}) {
      return open(program, { sessionId, opening: { kind: 'snapshot', sessionId, text, limits } });
    },
  };
}

class ProgramInChildren implements HostedProgram, ChildProgram {
  readonly document: Document;
  readonly number: number;

  constructor(document: Document, number: number) {
    this.document = document;
    this.number = number;
  }

  message(call: number): string {
    const document = toDocumentMessage(this.document);
    return JSON.stringify({ kind: 'program', call, program: this.number, document } satisfies ToChild);
  }
}

interface SessionState {
  readonly pool: Pool;
  readonly program: ProgramInChildren;
  readonly execution: number;
  readonly sessionId: string;
  readonly opening: Opening['from'];
}

/** The parent's half of a session: all that lasts of it. Children come and go. */
class ExecutionInChild implements HostedExecution {
  readonly #pool: Pool;
  readonly #program: ProgramInChildren;
  readonly #execution: number;
  readonly #asked: AskedAbout;
  readonly #limits: Partial<Limits> | undefined;
  readonly #placement: Placement = { slot: undefined };
  #opening: Opening['from'];
  #configuration: readonly string[] = [];
  #endData: Json | undefined;

  constructor(state: SessionState) {
    this.#pool = state.pool;
    this.#program = state.program;
    this.#execution = state.execution;
    const { hash, stateById } = state.program.document;
    this.#asked = { sessionId: state.sessionId, documentHash: hash, states: stateById };
    this.#opening = state.opening;
    const { opening } = state;
    this.#limits = opening.kind === 'start' ? opening.options.limits : opening.limits;
  }

  get configuration(): readonly string[] {
    return this.#configuration;
  }

  snapshotText(): string {
    if (this.#opening.kind === 'snapshot') return this.#opening.text;
    throw new Error('A session that has not begun has no snapshot.');
  }

  async step(input: StepInput, { now }: Pick<StepOptions, 'now'>): Promise<StepOutcome> {
    const execution = this.#execution;
    const answer = await this.#ask((call, open) => ({ kind: 'step', call, execution, open, input, now }));
    if (answer.kind !== 'stepped') throw new Error('Expected the outcome of a step.');
    const { outcome, configuration, snapshot: text, data } = answer;
    this.#configuration = configuration;
    if (text !== undefined) {
      const { sessionId } = this.#asked;
      this.#opening = { kind: 'snapshot', sessionId, text, limits: this.#limits };
    }
    if (outcome.status !== 'running') this.#endData = data ?? null;
    return outcome;
  }

  async data(): Promise<Json> {
    if (this.#endData !== undefined) return this.#endData;
    const execution = this.#execution;
    const answer = await this.#ask((call, open) => ({ kind: 'data', call, execution, open }));
    if (answer.kind !== 'data') throw new Error('Expected the data of a session.');
    return answer.data;
  }

  #ask(message: (call: number, open: Opening | undefined) => ReturnType<Call['message']>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call: Call = {
        execution: this.#execution,
        placement: this.#placement,
        program: this.#program,
        seen: { deaths: 0, crashes: 0 },
        asked: this.#asked,
        message: (number, isOpen) =>
          message(number, isOpen ? undefined : { program: this.#program.number, from: this.#opening }),
        answered: (answer) => settle(answer, resolve, reject),
        lost: (reason, description) => reject(new ExecutionLost(reason, description)),
        refused: () => reject(new HostError('ENGINE_UNAVAILABLE', this.#asked.sessionId)),
      };
      this.#pool.run(call);
    });
  }
}

function settle(answer: Answer, resolve: (answer: Answer) => void, reject: (error: Error) => void): void {
  if (answer.kind === 'thrown') reject(new Error(answer.message));
  else if (answer.kind === 'notRestored') reject(new RestoreFailed(answer.message));
  else if (answer.kind === 'tooLarge') reject(tooLarge(answer.chars));
  else resolve(answer);
}

function tooLarge(chars: number): ExecutionLost {
  return new ExecutionLost('size', `its step gave ${chars} characters, more than MAX_ANSWER_CHARS`);
}
