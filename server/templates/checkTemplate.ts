import { DocumentError, type Problem, parseDocument } from '../../engine/interpreter/index.ts';

/**
 * Finds every problem of every document of a template. Each .scxml is parsed as the server will serve it, and
 * its includes are resolved inside the template. `file` of a problem is the path in the template.
 */
export async function checkTemplate(
  files: ReadonlyMap<string, Uint8Array>,
  baseUrl: string,
): Promise<readonly Problem[]> {
  const base = `${baseUrl}/`;
  const fetchText = async (url: URL): Promise<string> => {
    const content = url.href.startsWith(base)
      ? files.get(decodeURIComponent(url.href.slice(base.length)))
      : undefined;
    if (content === undefined) {
      throw new Error(`'${pathOf(url.href, base)}' is not a file of the template.`);
    }
    return textOf(content);
  };
  const problems = await Promise.all(
    [...files]
      .filter(([path]) => path.toLowerCase().endsWith('.scxml'))
      .map(async ([path, content]) => {
        try {
          const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
          await parseDocument(textOf(content), { baseUrl: url, fetchText, warnOfCode: false });
          return [];
        } catch (error) {
          if (error instanceof DocumentError) {
            return error.problems.map((problem) => ({ ...problem, file: pathOf(problem.file, base) }));
          }
          throw error;
        }
      }),
  );
  return distinct(problems.flat());
}

/** A problem in a file that several documents include is reported once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(
    problems.map((problem) => [
      [problem.file, problem.line, problem.column, problem.code, problem.message].join('\0'),
      problem,
    ]),
  );
  return [...seen.values()];
}

function pathOf(url: string, base: string): string {
  return url.startsWith(base) ? decodeURIComponent(url.slice(base.length)) : url;
}

function textOf(content: Uint8Array): string {
  return new TextDecoder('utf-8').decode(content);
}
