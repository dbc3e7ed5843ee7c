import type { Problem } from './model.ts';

/** A document that does not load. `problems` has every problem found, with file, line and column. */
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
