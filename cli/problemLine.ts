import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatProblem, type Problem } from '../engine/interpreter/index.ts';

/**
 * Formats a problem as file:line:column: code: message. A file in the current folder gets a relative path.
 */
export function problemLine(problem: Problem): string {
  const line = formatProblem({ ...problem, file: pathOf(problem.file) });
  return problem.severity === 'warning'
    ? line.replace(`: ${problem.code}: `, `: ${problem.code}: warning: `)
    : line;
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  const path = fileURLToPath(file);
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
