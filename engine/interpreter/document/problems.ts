import { DocumentError } from './errors.ts';
import { DOCUMENT_LIMITS } from './limits.ts';
import type { Dialect, Problem, SourceLocation } from './model.ts';
import { PROBLEM_TABLE, type ProblemCode } from './problemTable.ts';

/**
 * The problems of one load, errors and warnings. Loading continues after a problem, so that all are reported
 * at once; `throwIfErrors` ends it.
 */
export class Problems {
  /** Decides how 'strict' problems count. */
  #dialect: Dialect = 'w3c';
  /** Why the dialect was guessed. Undefined when it was chosen. */
  #reason: string | undefined;
  readonly #found: Problem[] = [];
  readonly #fileOrder: Map<string, number>;
  #errors = 0;

  /** `url` is that of the document: its problems are listed first. */
  constructor(url: string) {
    this.#fileOrder = new Map([[url, 0]]);
  }

  /** Called as soon as the dialect is known. */
  choose({ dialect, reason }: { readonly dialect: Dialect; readonly reason?: string }): void {
    this.#dialect = dialect;
    this.#reason = reason;
  }

  report(code: ProblemCode, at: SourceLocation, message: string): void {
    const weight = PROBLEM_TABLE[code];
    const isStrict = weight === 'strict' && this.#dialect === 'w3c';
    const isError = weight === 'error' || isStrict;
    if (isError) this.#errors += 1;
    // A name that is misspelt has nothing to do with the dialect.
    const isMisspelt = message.endsWith("'?");
    const text = isStrict && !isMisspelt ? `${message}${this.guess('accepts this')}` : message;
    this.#keep({ code, message: text, ...at, severity: isError ? 'error' : 'warning' });
  }

  /**
   * A sentence that says by what the dialect was guessed, and what the other dialect does. Empty when the
   * dialect was chosen.
   */
  guess(other: string): string {
    if (this.#reason === undefined) return '';
    const [is, would] = this.#dialect === 'ors' ? ['ORS', 'w3c'] : ['W3C', 'ors'];
    return ` The dialect ${is} was guessed by ${this.#reason}; --dialect ${would} ${other}.`;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /**
   * Every problem: those of the document first, then by file in the order of reports; in a file by line and
   * column.
   */
  list(): readonly Problem[] {
    const order = this.#fileOrder;
    return this.#found.toSorted(
      (a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line || a.column - b.column,
    );
  }

  throwIfErrors(): void {
    if (this.hasErrors) throw new DocumentError(this.list());
  }

  #keep(problem: Problem): void {
    const { MAX_PROBLEMS } = DOCUMENT_LIMITS;
    // The first error is always kept, also after MAX_PROBLEMS warnings.
    const isFirstError = problem.severity === 'error' && this.#errors === 1;
    if (this.#found.length < MAX_PROBLEMS || isFirstError) this.#push(problem);
    else if (this.#found.length === MAX_PROBLEMS) {
      const message = `Expected at most ${MAX_PROBLEMS} problems (MAX_PROBLEMS), got more: the rest is not listed.`;
      this.#push({ ...problem, code: 'PROBLEMS_CUT', severity: 'warning', message });
    }
  }

  #push(problem: Problem): void {
    if (!this.#fileOrder.has(problem.file)) this.#fileOrder.set(problem.file, this.#fileOrder.size);
    this.#found.push(problem);
  }
}
