import type { Diagnostic } from 'vscode-languageserver';
import type { Problem } from '../../engine/interpreter/index.ts';
import { type LanguageFile, type LanguageWorkspace, placeOf } from '../../engine/language/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { rangeOf } from './lspPlaces.ts';

/** Time without a change before a check. A slow check waits as long as the last one took. */
const MIN_QUIET_MS = 150;
const MAX_QUIET_MS = 5_000;

interface DiagnosticsParts {
  readonly workspace: LanguageWorkspace;
  readonly clock: Clock;
  readonly elapsed: () => number;
  readonly publish: (url: string, diagnostics: readonly Diagnostic[]) => void;
  readonly fail: (error: unknown) => void;
}

/** Checks documents while they are typed, one at a time, and publishes the problems by file. */
export class LspDiagnostics {
  readonly #parts: DiagnosticsParts;
  /** Problems of each checked document, by the file that has them. */
  readonly #found = new Map<string, ReadonlyMap<string, readonly Diagnostic[]>>();
  readonly #waiting = new Set<string>();
  #cancel: (() => void) | undefined;
  #isChecking = false;
  #lastMs = 0;

  constructor(parts: DiagnosticsParts) {
    this.#parts = parts;
  }

  /** A file that is opened, changed or closed. */
  changed(url: string): void {
    this.#waiting.add(url);
    this.#arm();
  }

  stop(): void {
    this.#waiting.clear();
    this.#cancel?.();
  }

  #arm(): void {
    this.#cancel?.();
    if (this.#isChecking || this.#waiting.size === 0) return;
    const { clock } = this.#parts;
    const quietMs = Math.min(Math.max(this.#lastMs, MIN_QUIET_MS), MAX_QUIET_MS);
    this.#cancel = clock.at(clock.now() + quietMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    this.#isChecking = true;
    const start = this.#parts.elapsed();
    const urls = [...this.#waiting];
    this.#waiting.clear();
    try {
      await this.#checkAll(urls);
    } catch (error) {
      this.#parts.fail(error);
    }
    this.#lastMs = this.#parts.elapsed() - start;
    this.#isChecking = false;
    this.#arm();
  }

  async #checkAll(urls: readonly string[]): Promise<void> {
    const { workspace } = this.#parts;
    const documents = new Map<string, LanguageFile>();
    const open = [...workspace.openFiles()];
    for (const url of urls) {
      const file = open.find((other) => other.url === url) ?? (await workspace.file(new URL(url)));
      const found = file === undefined ? [] : await workspace.documentsOf(file);
      for (const document of found) documents.set(document.url, document);
      // A file that no document includes is checked as one.
      if (file !== undefined && !file.isScript && found.length === 0) documents.set(url, file);
    }
    for (const document of documents.values()) await this.#checkOne(document);
    await this.#forgetClosed();
  }

  async #checkOne(document: LanguageFile): Promise<void> {
    const { workspace } = this.#parts;
    const { problems, files } = await workspace.check(document);
    const byFile = new Map<string, Diagnostic[]>(files.map((url) => [url, []]));
    for (const problem of problems) {
      const file = problem.file === document.url ? document : await workspace.file(new URL(problem.file));
      const list = byFile.get(problem.file) ?? [];
      byFile.set(problem.file, list);
      if (file !== undefined) list.push(diagnosticOf(problem, file));
    }
    this.#set(document.url, byFile);
  }

  /** Problems of documents none of whose files is open any more. */
  async #forgetClosed(): Promise<void> {
    const open = new Set([...this.#parts.workspace.openFiles()].map(({ url }) => url));
    for (const [document, byFile] of this.#found) {
      if (![...byFile.keys()].some((url) => open.has(url))) this.#set(document, new Map());
    }
  }

  #set(document: string, byFile: ReadonlyMap<string, readonly Diagnostic[]>): void {
    const urls = new Set([...(this.#found.get(document)?.keys() ?? []), ...byFile.keys()]);
    if (byFile.size === 0) this.#found.delete(document);
    else this.#found.set(document, byFile);
    for (const url of urls) this.#parts.publish(url, this.#of(url));
  }

  /** The problems of a file that several documents include are shown once. */
  #of(url: string): readonly Diagnostic[] {
    const all = [...this.#found.values()].flatMap((byFile) => byFile.get(url) ?? []);
    return [...new Map(all.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
  }
}

function diagnosticOf(problem: Problem, file: LanguageFile): Diagnostic {
  return {
    range: rangeOf(placeOf(problem, file)),
    severity: problem.severity === 'error' ? 1 : 2,
    code: problem.code,
    source: 'orsay',
    message: problem.message,
  };
}
