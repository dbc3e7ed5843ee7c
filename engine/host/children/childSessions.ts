import {
  compileProgram,
  type Document,
  type Execution,
  type Program,
  parseSnapshot,
  restoreExecution,
  startExecution,
} from '../../interpreter/index.ts';
import { assertNever } from '../../ports/index.ts';
import { RestoreFailed } from '../index.ts';
import { MAX_ANSWER_CHARS, MAX_FAULT_CHARS } from './limits.ts';
import { type Answer, type Compiled, fromDocumentMessage, type Opening, type ToChild } from './messages.ts';

/** The sessions of one child process: messages in, texts of answers out, without a trace left between steps. */
export interface ChildSessions {
  /** Undefined: the message asks for no answer. */
  handle(message: ToChild): AnswerText | undefined;
}

export interface AnswerText {
  /** JSON. */
  readonly text: string;
  /** A text that goes with it (frames.ts). */
  readonly kept?: string;
}

type OpeningFrom<Kind> = Extract<Opening['from'], { readonly kind: Kind }>;

/** Runs the pure engine for a parent that holds all that lasts. Never throws for faults of documents. */
export function createChildSessions(): ChildSessions {
  /** A document whose compilation threw is kept as the error that its sessions then throw. */
  const programs = new Map<number, Program | Error>();
  const executions = new Map<number, Execution>();

  function open(number: number, opening: Opening | undefined): Execution {
    const known = executions.get(number);
    if (opening === undefined) {
      if (known === undefined) throw new Error(`Execution ${number} is not open in this child.`);
      return known;
    }
    const execution =
      opening.from.kind === 'start'
        ? startExecution(programOf(opening), opening.from.options)
        : restore(opening, opening.from);
    executions.set(number, execution);
    return execution;
  }

  function restore(opening: Opening, { sessionId, text, limits }: OpeningFrom<'snapshot'>): Execution {
    try {
      const snapshot = parseSnapshot(text, sessionId);
      return restoreExecution(programOf(opening), snapshot, limits === undefined ? {} : { limits });
    } catch (cause) {
      throw new RestoreFailed(textOf(cause), { cause });
    }
  }

  function programOf({ program: number }: Opening): Program {
    const program = programs.get(number);
    if (program === undefined) throw new Error(`Program ${number} is not in this child.`);
    if (program instanceof Error) throw program;
    return program;
  }

  function step(message: Extract<ToChild, { kind: 'step' }>): Answer {
    const { call, execution: number, input, now } = message;
    const execution = open(number, message.open);
    const outcome = execution.step(input, { now });
    const { configuration } = execution;
    if (outcome.status === 'running') {
      return { kind: 'stepped', call, outcome, configuration, snapshot: execution.snapshotText() };
    }
    executions.delete(number);
    return { kind: 'stepped', call, outcome, configuration, data: execution.data() };
  }

  function answer(message: Extract<ToChild, { execution: number; call: number }>): AnswerText {
    const { call, execution } = message;
    try {
      const given: Answer =
        message.kind === 'step'
          ? step(message)
          : { kind: 'data', call, data: open(execution, message.open).data() };
      const text = textOfAnswer(given);
      const chars = text.text.length + (text.kept?.length ?? 0);
      if (chars <= MAX_ANSWER_CHARS) return text;
      executions.delete(execution);
      return textOfAnswer({ kind: 'tooLarge', call, chars });
    } catch (error) {
      executions.delete(execution);
      const kind = error instanceof RestoreFailed ? 'notRestored' : 'thrown';
      return textOfAnswer({ kind, call, message: textOf(error) });
    }
  }

  return {
    handle(message) {
      switch (message.kind) {
        case 'program':
          programs.set(message.program, compiled(fromDocumentMessage(message.document)));
          return textOfAnswer({ kind: 'compiled', call: message.call });
        case 'forget':
          executions.delete(message.execution);
          return undefined;
        case 'discard':
          programs.delete(message.program);
          return undefined;
        case 'step':
        case 'data':
          return answer(message);
        default:
          return assertNever(message);
      }
    },
  };
}

function textOfAnswer(given: Answer | Compiled): AnswerText {
  if (given.kind !== 'stepped' || given.snapshot === undefined) return { text: JSON.stringify(given) };
  const { kind, call, outcome, configuration, snapshot: kept } = given;
  const snapshotBytes = Buffer.byteLength(kept);
  return { text: JSON.stringify({ kind, call, outcome, configuration, snapshotBytes }), kept };
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'not an Error').slice(0, MAX_FAULT_CHARS);
}

function compiled(document: Document): Program | Error {
  try {
    return compileProgram(document);
  } catch (error) {
    return error instanceof Error ? error : new Error('The document could not be compiled.');
  }
}
