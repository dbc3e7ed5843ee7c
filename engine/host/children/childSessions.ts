import { inspect, stepWithDetails } from '../../debugger/index.ts';
import {
  compileProgram,
  DatamodelFault,
  type Document,
  type Execution,
  type Installation,
  mayAskForFigures,
  type Program,
  parseSnapshot,
  restoreExecution,
  startExecution,
} from '../../interpreter/index.ts';
import { assertNever, defined } from '../../ports/index.ts';
import { RestoreFailed } from '../index.ts';
import { MAX_ANSWER_CHARS, MAX_FAULT_CHARS } from './limits.ts';
import {
  type ChildAnswer,
  type DocumentMessage,
  type ExecutionAnswer,
  type ExecutionRequest,
  fromDocumentMessage,
  type Opening,
  type ToChild,
} from './messages.ts';

type OpeningFrom<Kind> = Extract<Opening['from'], { readonly kind: Kind }>;

interface OpenExecution {
  readonly execution: Execution;
  readonly document: Document;
  /** Its document may ask for statistics. */
  readonly mayAsk: boolean;
}

/** The sessions of one child process: the pure interpreter, for a server that keeps everything that lasts. */
export class ChildSessions {
  /** By number. A document that does not compile is kept as the error that its sessions throw. */
  readonly #programs = new Map<number, Program | Error>();
  readonly #executions = new Map<number, OpenExecution>();
  #installation: Installation | undefined;

  /**
   * The answer to a message, as JSON. `text`: what follows the message. Undefined: it needs no answer. Never
   * throws for faults of documents.
   */
  handle(message: Exclude<ToChild, { kind: 'load' }>, text: Buffer): string | undefined {
    switch (message.kind) {
      case 'installation':
        this.#installation = message.installation;
        return undefined;
      case 'program':
        this.#programs.set(message.program, compiled(text, this.#installation));
        return JSON.stringify({ kind: 'compiled', request: message.request } satisfies ChildAnswer);
      case 'forget':
        this.#executions.delete(message.execution);
        return undefined;
      case 'discard':
        this.#programs.delete(message.program);
        return undefined;
      case 'step':
      case 'data':
      case 'inspect':
        return this.#answer(message);
      default:
        return assertNever(message);
    }
  }

  #answer(message: ExecutionRequest): string {
    const { request, execution } = message;
    try {
      const answer = this.#answerOf(message);
      const text = JSON.stringify(answer);
      if (text.length <= MAX_ANSWER_CHARS) return text;
      // A session must not fail because somebody watches it.
      const bare = 'details' in answer ? JSON.stringify({ ...answer, details: undefined }) : text;
      if (bare.length <= MAX_ANSWER_CHARS) return bare;
      this.#executions.delete(execution);
      return JSON.stringify({ kind: 'tooLarge', request, chars: bare.length } satisfies ChildAnswer);
    } catch (error) {
      this.#executions.delete(execution);
      return JSON.stringify({ kind: kindOf(error), request, message: textOf(error) } satisfies ChildAnswer);
    }
  }

  #answerOf(message: ExecutionRequest): ExecutionAnswer {
    switch (message.kind) {
      case 'step':
        return this.#step(message);
      case 'data':
        return this.#data(message);
      case 'inspect':
        return this.#inspect(message);
    }
  }

  /** The child does not hold the copies. */
  #inspect(message: Extract<ExecutionRequest, { kind: 'inspect' }>): ExecutionAnswer {
    const { request, open, inspection, figures } = message;
    const program = this.#programOf(open);
    const session = inspectedSession(open.from);
    const given = mayAskForFigures(program.document) ? defined({ figures }) : {};
    return {
      kind: 'inspected',
      request,
      inspected: inspect(program, session, { ...inspection, facts: given }),
    };
  }

  #step(message: Extract<ExecutionRequest, { kind: 'step' }>): ExecutionAnswer {
    const { request, execution: number, open, input, now, figures, withDetails = false } = message;
    const { execution, document, mayAsk } = this.#open(number, open);
    const options = { now, ...defined({ figures: mayAsk ? figures : undefined }) };
    const computed: ReturnType<typeof stepWithDetails> = withDetails
      ? stepWithDetails(document, execution, { input, options })
      : { outcome: execution.step(input, options) };
    const { outcome, details } = computed;
    if (outcome.asks !== undefined) {
      this.#executions.delete(number);
      return { kind: 'asks', request, questions: outcome.asks };
    }
    const { configuration } = execution;
    const shown = defined({ details });
    if (outcome.status === 'running') {
      return {
        kind: 'stepped',
        request,
        outcome,
        configuration,
        snapshot: execution.snapshotText(),
        ...shown,
      };
    }
    this.#executions.delete(number);
    return { kind: 'stepped', request, outcome, configuration, data: execution.data(), ...shown };
  }

  #data({ request, execution, open }: Extract<ExecutionRequest, { kind: 'data' }>): ExecutionAnswer {
    return { kind: 'data', request, data: this.#open(execution, open).execution.data() };
  }

  #open(number: number, opening: Opening | undefined): OpenExecution {
    const known = this.#executions.get(number);
    if (opening === undefined) {
      if (known === undefined) throw new Error(`Execution ${number} is not open in this child.`);
      return known;
    }
    const execution =
      opening.from.kind === 'start'
        ? startExecution(this.#programOf(opening), opening.from.options)
        : this.#restore(opening, opening.from);
    const { document } = this.#programOf(opening);
    const made = { execution, document, mayAsk: mayAskForFigures(document) };
    this.#executions.set(number, made);
    return made;
  }

  #restore(opening: Opening, { sessionId, text, limits }: OpeningFrom<'snapshot'>): Execution {
    try {
      const snapshot = parseSnapshot(text, sessionId);
      return restoreExecution(this.#programOf(opening), snapshot, defined({ limits }));
    } catch (cause) {
      throw new RestoreFailed(textOf(cause), { cause });
    }
  }

  #programOf({ program: number }: Opening): Program {
    const program = this.#programs.get(number);
    if (program === undefined) throw new Error(`Program ${number} is not in this child.`);
    if (program instanceof Error) throw program;
    return program;
  }
}

function inspectedSession(from: Opening['from']): Parameters<typeof inspect>[1] {
  if (from.kind === 'start') return { start: from.options };
  const { sessionId, text, limits } = from;
  return { sessionId, text, ...defined({ limits }) };
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'not an Error').slice(0, MAX_FAULT_CHARS);
}

/** `text`: a DocumentMessage. */
function compiled(text: Buffer, installation: Installation | undefined): Program | Error {
  try {
    const program = compileProgram(fromDocumentMessage(JSON.parse(text.toString('utf8')) as DocumentMessage));
    return { ...program, ...defined({ installation }) };
  } catch (error) {
    return error instanceof Error ? error : new Error('The document could not be compiled.');
  }
}

function kindOf(error: unknown): 'notRestored' | 'notStored' | 'thrown' {
  if (error instanceof RestoreFailed) return 'notRestored';
  return error instanceof DatamodelFault ? 'notStored' : 'thrown';
}
