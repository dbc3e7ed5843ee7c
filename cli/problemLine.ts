import { formatProblem, type Problem } from '../engine/interpreter/index.ts';
import { type CommandIo, pathOf, withPaths } from './commandIo.ts';

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
