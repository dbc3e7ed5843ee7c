import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatProblem, type Problem } from '../engine/interpreter/index.ts';

/** file:line:column: code: message, the file as a path from the current folder where it lies in it. */
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
