import { defined } from '../../ports/index.ts';
import {
  createSessionDirectory,
  type Document,
  type Effect,
  type Execution,
  type ExecutionSnapshot,
  type Executions,
  figuredExecutions,
  type InProcessSession,
  type InvokeSource,
  type ModuleEffect,
  newSession,
  type Program,
  restoredSession,
  restoreExecution,
  type Session,
  type SessionOptions,
  type Snapshot,
  type StartOptions,
  type StepRecord,
  startExecution,
  VirtualClock,
} from '../index.ts';
import type { StepperOptions } from './contract.ts';
import { PacedExecution } from './pacedExecution.ts';

export interface StageSetup {
  readonly document: Document;
  readonly options: StepperOptions;
  readonly documentOf: (source: InvokeSource) => Document | undefined;
  readonly onRecord: (record: StepRecord, session: Session) => void;
  readonly onEffect: (effect: Effect) => void;
  /** A request of a session to a module. */
  readonly onRequest: (effect: ModuleEffect, sessionId: string) => void;
}

/** The stepped session with its clock. Going back closes the stage and opens another from a snapshot. */
export class Stage {
  readonly clock: VirtualClock;
  readonly session: InProcessSession;
  /** The execution of the session. */
  readonly paced: PacedExecution;
  readonly #stopListening: readonly (() => void)[];
  #isOpen = true;

  /** `now`: ms since epoch. The caller starts the session, or resumes it from the snapshot. */
  constructor(setup: StageSetup, { now, snapshot }: { readonly now: number; readonly snapshot?: Snapshot }) {
    const { document, options } = setup;
    this.clock = new VirtualClock(now);
    const executions = new StageExecutions(options);
    const control = { executions, autorun: false };
    const sessionOptions = this.#sessionOptions(setup);
    this.session = snapshot
      ? restoredSession(document, snapshot, sessionOptions, control)
      : newSession(document, sessionOptions, control);
    this.paced = executions.paced!;
    this.#stopListening = [
      this.session.onRecord(setup.onRecord),
      this.session.onEffect((effect) => setup.onEffect(effect)),
    ];
  }

  /** Documents of invokes may still be read: their sessions must not be seen any more. */
  close(): void {
    this.#isOpen = false;
    for (const stop of this.#stopListening) stop();
  }

  #sessionOptions({ options, documentOf, onRequest }: StageSetup): SessionOptions {
    const { id = 'STEPPER', seed = 1, params, limits, installation, fetchText, baseUrl } = options;
    const { sessions = createSessionDirectory() } = options;
    return {
      id,
      seed,
      clock: this.clock,
      ...defined({ params, baseUrl, limits, installation }),
      ports: {
        documentOf,
        sessions,
        perform: (effect, session) => {
          if (this.#isOpen && effect.kind === 'module') onRequest(effect, session.id);
        },
        ...defined({ fetchText }),
      },
    };
  }
}

type StageOptions = Pick<StepperOptions, 'limits' | 'figures' | 'seeds'>;

/** The first execution is that of the stepped document, and is paced. Invoked sessions run without stops. */
class StageExecutions implements Executions {
  paced: PacedExecution | undefined;
  readonly #options: StageOptions;
  readonly #invoked: Executions;

  constructor(options: StageOptions) {
    const { figures, seeds } = options;
    const plain: Executions = {
      start: (program, start) => {
        const seed = seeds?.get(start.sessionId) ?? start.seed;
        return startExecution(program, { ...start, seed });
      },
      restore: (program, snapshot) =>
        restoreExecution(program, snapshot, defined({ limits: options.limits })),
    };
    this.#options = options;
    this.#invoked = figures === undefined ? plain : figuredExecutions(plain, figures);
  }

  start(program: Program, options: StartOptions): Execution {
    if (this.paced) return this.#invoked.start(program, options);
    return this.#pace(program, { kind: 'start', options });
  }

  restore(program: Program, snapshot: ExecutionSnapshot): Execution {
    if (this.paced) return this.#invoked.restore(program, snapshot, this.#options.limits);
    return this.#pace(program, { kind: 'snapshot', snapshot });
  }

  #pace(program: Program, from: ConstructorParameters<typeof PacedExecution>[1]): Execution {
    const { limits, figures } = this.#options;
    this.paced = new PacedExecution(program, from, { limits, readFigure: figures });
    return this.paced;
  }
}
