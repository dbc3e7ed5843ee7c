import { HostError, type LoadRequest } from '../../engine/host/index.ts';
import { DocumentError, type Problem } from '../../engine/interpreter/index.ts';
import { MANIFEST_FILE, manifestProblems } from './manifest.ts';

/** Milliseconds for the check of all documents of a template. */
const MAX_CHECK_MS = 60_000;

/** Loads a document to find its problems. Rejects as HostEngine.loadProgram() does. */
export type CheckDocument = (request: LoadRequest) => Promise<unknown>;

/**
 * Finds every problem of the manifest and of every document of a template. Each .scxml is loaded as the
 * server will serve it, and its includes are resolved inside the template. `file` of a problem is the path in
 * the template. The check ends at a document that takes too long.
 */
export async function checkTemplate(
  files: ReadonlyMap<string, Uint8Array>,
  { baseUrl, checkDocument }: { readonly baseUrl: string; readonly checkDocument: CheckDocument },
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
  const manifest = files.get(MANIFEST_FILE);
  const problems = manifest === undefined ? [] : [...manifestProblems(manifest, MANIFEST_FILE)];
  const end = performance.now() + MAX_CHECK_MS;
  for (const [path, content] of files) {
    if (!path.toLowerCase().endsWith('.scxml')) continue;
    if (performance.now() > end) {
      return [
        ...distinct(problems),
        costly(path, `the documents before it took ${MAX_CHECK_MS} ms (MAX_CHECK_MS)`),
      ];
    }
    try {
      const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
      await checkDocument({ text: textOf(content), baseUrl: url, fetchText });
    } catch (error) {
      if (error instanceof HostError && error.code === 'DOCUMENT_TOO_COSTLY') {
        return [...distinct(problems), costly(path, error.message)];
      }
      if (!(error instanceof DocumentError)) throw error;
      for (const problem of error.problems) problems.push({ ...problem, file: pathOf(problem.file, base) });
    }
  }
  return distinct(problems);
}

function costly(file: string, why: string): Problem {
  return { code: 'DOCUMENT_TOO_COSTLY', message: why, file, line: 1, column: 1, severity: 'error' };
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
