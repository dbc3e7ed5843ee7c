import type { Document } from '../document/model.ts';
import { assertNever } from '../errors.ts';
import type { Execution, Program } from '../execution.ts';
import { compileProgram, restoreExecution, startExecution } from '../sessionExecution.ts';
import { MAX_ANSWER_CHARS, MAX_FAULT_CHARS } from './limits.ts';
import { type Answer, type Compiled, fromDocumentMessage, type Opening, type ToChild } from './messages.ts';

/** The sessions of one child process: messages in, texts of answers out, without a trace left between steps. */
export interface ChildSessions {
  /** Undefined: the message asks for no answer. */
  handle(message: ToChild): string | undefined;
}

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
    const program = programs.get(opening.program);
    if (program === undefined) throw new Error(`Program ${opening.program} is not in this child.`);
    if (program instanceof Error) throw program;
    const { from } = opening;
    const execution =
      from.kind === 'start'
        ? startExecution(program, from.options)
        : restoreExecution(program, from.snapshot, from.limits === undefined ? {} : { limits: from.limits });
    executions.set(number, execution);
    return execution;
  }

  function step(message: Extract<ToChild, { kind: 'step' }>): Answer {
    const { call, execution: number, input, now } = message;
    const execution = open(number, message.open);
    const outcome = execution.step(input, { now });
    const { configuration } = execution;
    if (outcome.status === 'running') {
      return { kind: 'stepped', call, outcome, configuration, snapshot: execution.snapshot() };
    }
    executions.delete(number);
    return { kind: 'stepped', call, outcome, configuration, data: execution.data() };
  }

  function answer(message: Extract<ToChild, { execution: number; call: number }>): string {
    const { call, execution } = message;
    try {
      const given: Answer =
        message.kind === 'step'
          ? step(message)
          : { kind: 'data', call, data: open(execution, message.open).data() };
      const text = JSON.stringify(given);
      if (text.length <= MAX_ANSWER_CHARS) return text;
      executions.delete(execution);
      return JSON.stringify({ kind: 'tooLarge', call, chars: text.length } satisfies Answer);
    } catch (error) {
      executions.delete(execution);
      const message = error instanceof Error ? error.message : 'not an Error';
      return JSON.stringify({
        kind: 'thrown',
        call,
        message: message.slice(0, MAX_FAULT_CHARS),
      } satisfies Answer);
    }
  }

  return {
    handle(message) {
      switch (message.kind) {
        case 'program':
          programs.set(message.program, compiled(fromDocumentMessage(message.document)));
          return JSON.stringify({ kind: 'compiled', call: message.call } satisfies Compiled);
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

function compiled(document: Document): Program | Error {
  try {
    return compileProgram(document);
  } catch (error) {
    return error instanceof Error ? error : new Error('The document could not be compiled.');
  }
}
