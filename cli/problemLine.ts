import { formatProblem, type Problem } from '../engine/interpreter/index.ts';
import { type CommandIo, type PrintedProblem, pathOf, printProblem, withPaths } from './commandIo.ts';

/**
 * Formats a problem as file:line:column: code: message. A file in the current folder gets a relative path.
 */
export function problemLine(io: CommandIo, problem: Problem): string {
  const { file, message } = problem;
  const line = formatProblem({ ...problem, file: pathOf(io, file), message: withPaths(io, message) });
  return problem.severity === 'warning'
    ? line.replace(`: ${problem.code}: `, `: ${problem.code}: warning: `)
    : line;
}

/** The problem with the paths that the user knows. */
export function shownProblem(io: CommandIo, problem: Problem): PrintedProblem {
  const { severity, code, message, file, line, column } = problem;
  return { severity, code, message: withPaths(io, message), file: pathOf(io, file), line, column };
}

/** A problem of a document, on standard error. */
export function printDocumentProblem(io: CommandIo, problem: Problem): void {
  printProblem(io, shownProblem(io, problem), problemLine(io, problem));
}
