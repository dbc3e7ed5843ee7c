import type {
  Expected,
  FieldPath,
  Scenario,
  ScenarioReply,
  ScenarioStep,
} from '../../engine/scenario/index.ts';

/** A part of a scenario that cannot be played against a server. */
export interface Unplayable {
  readonly path: FieldPath;
  readonly reason: string;
}

/** The first part that no server can play; undefined when there is none. */
export function unplayablePart({ installation, answers = [], steps }: Scenario): Unplayable | undefined {
  if (installation !== undefined) {
    return { path: ['installation'], reason: 'the server has its own lists, options and special days' };
  }
  for (const [index, row] of answers.entries()) {
    const path = ['answers', index];
    if ('module' in row) return { path, reason: `the server itself performs ${row.module}` };
    const replies = [row.reply, ...(row.replies ?? [])];
    if (replies.some(isTimeout)) return { path, reason: TIMEOUT };
  }
  for (const [index, step] of steps.entries()) {
    const found = unplayableStep(step);
    if (found) return { ...found, path: ['steps', index, ...found.path] };
  }
  return undefined;
}

const TIMEOUT = 'a time-out would take the time that it has in the document';

function isTimeout(reply: ScenarioReply | undefined): boolean {
  return reply === 'timeout';
}

function unplayableStep(step: ScenarioStep): Unplayable | undefined {
  if (step === 'restart') return { path: [], reason: 'the command does not restart the server' };
  if (typeof step === 'string') return undefined;
  if ('send' in step && step.facts !== undefined) {
    return { path: ['facts'], reason: 'facts of the platform come from the server itself' };
  }
  if ('send' in step && step.child !== undefined) {
    return { path: ['child'], reason: 'the server sends events only to the session that was started' };
  }
  if ('answer' in step && 'module' in step.answer) {
    return { path: ['answer'], reason: `the server itself performs ${step.answer.module}` };
  }
  if ('answer' in step && 'fetch' in step.answer && isTimeout(step.answer.reply)) {
    return { path: ['answer'], reason: TIMEOUT };
  }
  return 'expect' in step ? unplayableExpectation(step.expect) : undefined;
}

function unplayableExpectation(expected: Expected): Unplayable | undefined {
  const alternatives: readonly Expected[] = [expected, ...(expected.any ?? [])];
  for (const [field, reason] of UNSEEN) {
    if (alternatives.some((one) => one[field] !== undefined)) return { path: ['expect', field], reason };
  }
  return undefined;
}

const UNSEEN: readonly (readonly [keyof Expected, string])[] = [
  ['child', 'the server shows only the session that was started'],
  ['answered', 'a client of a server gets only the first answer to its request'],
  ['eventually', 'only the stepper looks at the data after each step'],
  ['leadsTo', 'only the stepper looks at the data after each step'],
];
