import type { Problem } from './document/model.ts';

/** A document that does not load; `problems` holds every fault found, with file, line and column. */
export class DocumentError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'DocumentError';
    this.problems = problems;
  }
}

/** file:line:column: code: message */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.code}: ${problem.message}`;
}

/** For the default branch of a switch over a union: a value here is a fault of the program. */
export function assertNever(value: never): never {
  throw new Error(`Expected one of the known kinds, got ${JSON.stringify(value)}.`);
}
