import {
  Coverage,
  type CoverageCounts,
  countsOf,
  coverageLcov,
  coverageText,
} from '../engine/documentCoverage/index.ts';
import type { RecordListener } from '../engine/interpreter/index.ts';
import { shortPath } from './shortPaths.ts';

/**
 * Counts the states, transitions, outcomes of conditions and pairs of transitions that the sessions of many
 * tests pass. Give it to each session or centre as `coverage`.
 */
export class CoverageCollector {
  readonly #coverage = new Coverage();

  /** Gets the records of a session. */
  readonly record: RecordListener = this.#coverage.record;

  /** A new session has this id, which one of an earlier test may have had. */
  begin(session: string): void {
    this.#coverage.begin(session);
  }

  /** The lines of `orsay test --coverage`: for each document its counts, and the parts that no test passed. */
  text(): string {
    return this.#coverage.documents
      .map((one) => coverageText(one, { pathOf: shortPath, whereAll: 'lcov()' }).join('\n'))
      .join('\n\n');
  }

  /** The LCOV form, for tools that show the coverage of files. */
  lcov(): string {
    return coverageLcov(this.#coverage.documents, shortPath);
  }

  /** The counts of each document, by its path: for a limit below which a test run fails. */
  counts(): Readonly<Record<string, CoverageCounts>> {
    return Object.fromEntries(
      this.#coverage.documents.map((one) => [shortPath(one.document.url), countsOf(one)]),
    );
  }
}
