import type { Inspected, Inspection } from '../../debugger/index.ts';
import { DatamodelFault, type KnownFigure, type Limits, type StepInput } from '../../interpreter/index.ts';
import { defined, type Json, type SessionId } from '../../ports/index.ts';
import {
  type DocumentFacts,
  ExecutionLost,
  type HostEngine,
  HostError,
  type HostedExecution,
  type HostedOutcome,
  type HostedProgram,
  type HostStartOptions,
  type HostStepOptions,
  type LoadRequest,
  RestoreFailed,
  type StepFacts,
  type StoredSnapshot,
  stepWithFigures,
} from '../index.ts';
import type { SessionFacts } from './checkAnswer.ts';
import type { ChildProgram, PendingExecution, Placement } from './childLink.ts';
import type { ChildPool } from './childPool.ts';
import type { DocumentLoader, LoadedDocument } from './documentLoader.ts';
import type { Message } from './frames.ts';
import type { ExecutionAnswer, Opening, ProgramRequest } from './messages.ts';

/**
 * A HostEngine whose sessions run in engine children. This process parses and compiles no document and runs
 * no document code.
 */
export class ChildEngine implements HostEngine {
  readonly #pool: ChildPool;
  readonly #loader: DocumentLoader;
  #programs = 0;
  #executions = 0;

  constructor(pool: ChildPool, loader: DocumentLoader) {
    this.#pool = pool;
    this.#loader = loader;
  }

  async loadProgram(request: LoadRequest): Promise<HostedProgram> {
    return new ProgramInChildren(await this.#loader.load(request), this.#programs++);
  }

  startExecution(program: HostedProgram, options: HostStartOptions): HostedExecution {
    const { sessionId } = options;
    return this.#open(program, sessionId, { kind: 'start', options });
  }

  restoreExecution(
    program: HostedProgram,
    { sessionId, text }: StoredSnapshot,
    { limits }: { readonly limits?: Partial<Limits> } = {},
  ): HostedExecution {
    return this.#open(program, sessionId, { kind: 'snapshot', sessionId, text, limits });
  }

  #open(program: HostedProgram, sessionId: SessionId, opening: Opening['from']): HostedExecution {
    if (!(program instanceof ProgramInChildren)) throw new Error('Expected a program of this engine.');
    return new ExecutionInChild({
      pool: this.#pool,
      program,
      number: this.#executions++,
      session: { sessionId, states: program.states },
      opening,
    });
  }
}

class ProgramInChildren implements HostedProgram, ChildProgram {
  readonly document: DocumentFacts;
  readonly states: ReadonlySet<string>;
  readonly number: number;
  readonly #text: Buffer;

  constructor({ facts, states, text }: LoadedDocument, number: number) {
    this.document = facts;
    this.states = states;
    this.number = number;
    this.#text = text;
  }

  request(request: number): Message {
    const message: ProgramRequest = { kind: 'program', request, program: this.number };
    return { json: JSON.stringify(message), text: this.#text };
  }
}

interface ExecutionParts {
  readonly pool: ChildPool;
  readonly program: ProgramInChildren;
  readonly number: number;
  readonly session: SessionFacts;
  readonly opening: Opening['from'];
}

/** The server's half of an execution: its last snapshot, from which any child can continue. */
class ExecutionInChild implements HostedExecution {
  readonly #pool: ChildPool;
  readonly #program: ProgramInChildren;
  readonly #number: number;
  readonly #session: SessionFacts;
  readonly #limits: Partial<Limits> | undefined;
  readonly #placement: Placement = { slot: undefined };
  #opening: Opening['from'];
  #configuration: readonly string[] = [];
  #endData: Json | undefined;

  constructor({ pool, program, number, session, opening }: ExecutionParts) {
    this.#pool = pool;
    this.#program = program;
    this.#number = number;
    this.#session = session;
    this.#opening = opening;
    this.#limits = opening.kind === 'start' ? opening.options.limits : opening.limits;
  }

  get configuration(): readonly string[] {
    return this.#configuration;
  }

  snapshotText(): string {
    if (this.#opening.kind === 'snapshot') return this.#opening.text;
    throw new Error('A session before its first step has no snapshot.');
  }

  step(input: StepInput, options: HostStepOptions): Promise<HostedOutcome> {
    return stepWithFigures(options, (figures) => this.#step(input, { options, figures }));
  }

  async #step(
    input: StepInput,
    {
      options: { now, withDetails },
      figures,
    }: { readonly options: HostStepOptions; readonly figures: readonly KnownFigure[] | undefined },
  ): Promise<HostedOutcome> {
    const execution = this.#number;
    const answer = await this.#ask((request, open) => ({
      kind: 'step',
      request,
      execution,
      open,
      input,
      now,
      figures,
      withDetails,
    }));
    if (answer.kind === 'asks') {
      return { status: 'running', effects: [], more: false, asks: answer.questions };
    }
    if (answer.kind !== 'stepped') throw new Error('Expected the outcome of a step.');
    const { outcome, configuration, snapshot: text, data, details } = answer;
    this.#configuration = configuration;
    if (text !== undefined) {
      const { sessionId } = this.#session;
      this.#opening = { kind: 'snapshot', sessionId, text, limits: this.#limits };
    }
    if (outcome.status !== 'running') this.#endData = data ?? null;
    return { ...outcome, ...defined({ details }) };
  }

  async data(): Promise<Json> {
    if (this.#endData !== undefined) return this.#endData;
    const execution = this.#number;
    const answer = await this.#ask((request, open) => ({ kind: 'data', request, execution, open }));
    if (answer.kind !== 'data') throw new Error('Expected the data of a session.');
    return answer.data;
  }

  inspect(inspection: Inspection, asks: StepFacts = {}): Promise<Inspected> {
    return stepWithFigures(asks, (figures) => this.#inspect(inspection, figures));
  }

  async #inspect(inspection: Inspection, figures: readonly KnownFigure[] | undefined): Promise<Inspected> {
    const execution = this.#number;
    const open = { program: this.#program.number, from: this.#opening };
    const answer = await this.#ask((request) => ({
      kind: 'inspect',
      request,
      execution,
      open,
      inspection,
      figures,
    }));
    if (answer.kind !== 'inspected') throw new Error('Expected the answers about a session.');
    return answer.inspected;
  }

  async #ask(
    requestOf: (number: number, open: Opening | undefined) => ReturnType<PendingExecution['request']>,
  ): Promise<ExecutionAnswer> {
    const answer = await new Promise<ExecutionAnswer>((resolve, reject) => {
      this.#pool.run({
        kind: 'execution',
        execution: this.#number,
        placement: this.#placement,
        program: this.#program,
        session: this.#session,
        seen: { deaths: 0, crashes: 0 },
        request: (number, isOpen) =>
          requestOf(number, isOpen ? undefined : { program: this.#program.number, from: this.#opening }),
        answered: resolve,
        lost: ({ reason, message }) => reject(new ExecutionLost(reason, message)),
        refused: () => reject(new HostError('ENGINE_UNAVAILABLE', this.#session.sessionId)),
      });
    });
    if (answer.kind === 'thrown') throw new Error(answer.message);
    if (answer.kind === 'notStored') throw new DatamodelFault('script', answer.message);
    if (answer.kind === 'notRestored') throw new RestoreFailed(answer.message);
    if (answer.kind === 'tooLarge') {
      const message = `its step gave ${answer.chars} characters, more than MAX_ANSWER_CHARS`;
      throw new ExecutionLost('size', message);
    }
    return answer;
  }
}
