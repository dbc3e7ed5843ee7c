import type { Problem } from './model.ts';

/** A document that does not load. `problems` has every problem found, with file, line and column. */
export class DocumentError extends Error {
  readonly problems: readonly Problem[];
  /** URLs of the files that were read, the document first. Empty when they are not known. */
  readonly files: readonly string[];

  constructor(problems: readonly Problem[], files: readonly string[] = []) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'DocumentError';
    this.problems = problems;
    this.files = files;
  }
}

/** file:line:column: code: message */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.code}: ${problem.message}`;
}
