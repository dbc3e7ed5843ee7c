import { readFile } from 'node:fs/promises';
import type { Document } from '../engine/interpreter/index.ts';
import { type CommandIo, type PrintedProblem, pathOf } from './commandIo.ts';

/** Tells once of each change of the files of a document while a debugger has it open. */
export class ChangedSources {
  readonly #io: CommandIo;
  readonly #texts: Map<string, string | undefined>;

  private constructor(io: CommandIo, texts: Map<string, string | undefined>) {
    this.#io = io;
    this.#texts = texts;
  }

  static async of(io: CommandIo, { sources }: Pick<Document, 'sources'>): Promise<ChangedSources> {
    const files = sources.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    return new ChangedSources(io, new Map(await Promise.all(files.map(textOf))));
  }

  /** The changes since the last call, each at the first character that differs. */
  async take(): Promise<readonly (PrintedProblem & { readonly text: string })[]> {
    const found = await Promise.all([...this.#texts.keys()].map(textOf));
    return found.flatMap(([url, text]) => {
      const before = this.#texts.get(url);
      if (text === before) return [];
      this.#texts.set(url, text);
      const place = { file: pathOf(this.#io, url), ...differenceOf(before ?? '', text ?? '') };
      const message = 'the file has changed; the session goes on with the text with which it began.';
      const shown = `${place.file}:${place.line}:${place.column}: ${message}`;
      return [{ severity: 'warning', code: 'DOCUMENT_CHANGED', message, ...place, text: shown }];
    });
  }
}

/** Undefined: the file cannot be read. */
async function textOf(url: string): Promise<readonly [url: string, text: string | undefined]> {
  return [url, await readFile(new URL(url), 'latin1').catch(() => undefined)];
}

/** The place of the first character of `after` that differs. Lines and columns count from 1. */
export function differenceOf(
  before: string,
  after: string,
): { readonly line: number; readonly column: number } {
  let at = 0;
  while (at < before.length && at < after.length && before[at] === after[at]) at++;
  const lines = after.slice(0, at).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
