import type { Document, SourceLocation } from '../interpreter/index.ts';
import type { DocumentCoverage } from './coverage.ts';

/** Parts that a report of people names. */
const MAX_NAMED = 20;

/** Counts of one document, and how many of each were passed. */
export interface CoverageCounts {
  readonly states: Share;
  readonly transitions: Share;
  /** Two outcomes for each condition. */
  readonly guards: Share;
  readonly pairs: Share;
}

export interface Share {
  readonly passed: number;
  readonly all: number;
}

export function countsOf({ states, transitions, guards, pairs }: DocumentCoverage): CoverageCounts {
  return {
    states: share([...states.values()]),
    transitions: share([...transitions.values()]),
    guards: share([...guards.values()].flatMap((counts) => [counts.true, counts.false])),
    pairs: share(Array.from(pairs.values(), ({ count }) => count)),
  };
}

function share(counts: readonly number[]): Share {
  return { passed: counts.filter((count) => count > 0).length, all: counts.length };
}

/**
 * Lines for people: the document with its counts, then the parts that were not passed. `pathOf` writes the
 * name of a file, `whereAll` says what lists all parts.
 */
export function coverageText(
  coverage: DocumentCoverage,
  { pathOf, whereAll }: { readonly pathOf: (file: string) => string; readonly whereAll: string },
): readonly string[] {
  const placeOf = ({ file, line, column }: SourceLocation): string => `${pathOf(file)}:${line}:${column}`;
  const counts = countsOf(coverage);
  const words = Object.entries(counts).map(
    ([name, { passed, all }]) => `${name} ${passed}/${all}${all === 0 ? '' : ` ${percent(passed, all)}`}`,
  );
  const { document } = coverage;
  const missed = [
    ...missedStates(coverage).map((index) => {
      const { id, at } = document.states[index]!;
      return `  never entered: ${id} (${placeOf(at)})`;
    }),
    ...missedTransitions(coverage).map(
      (index) => `  never taken: ${nameOf(document, index)} (${placeOf(document.transitions[index]!.at)})`,
    ),
    ...[...coverage.guards].flatMap(([index, outcomes]) => {
      const { cond } = document.transitions[index]!;
      const never = outcomes.true === 0 ? 'true' : 'false';
      if (outcomes.true > 0 && outcomes.false > 0) return [];
      const both = outcomes.true === 0 && outcomes.false === 0 ? 'evaluated' : never;
      return [`  never ${both}: ${cond!.source} (${placeOf(cond!.at)})`];
    }),
    ...[...coverage.pairs.values()]
      .filter(({ count }) => count === 0)
      .map(
        ({ first, second }) =>
          `  never in a row: ${nameOf(document, first)}, then ${nameOf(document, second)}`,
      ),
  ];
  const more = missed.length - MAX_NAMED;
  return [
    `${pathOf(document.url)}: ${words.join(', ')}`,
    ...missed.slice(0, MAX_NAMED),
    ...(more > 0 ? [`  and ${more} more, which ${whereAll} lists`] : []),
  ];
}

export function missedStates({ states }: DocumentCoverage): readonly number[] {
  return [...states].filter(([, count]) => count === 0).map(([index]) => index);
}

export function missedTransitions({ transitions }: DocumentCoverage): readonly number[] {
  return [...transitions].filter(([, count]) => count === 0).map(([index]) => index);
}

/** 'waiting -> paid on pay' */
export function nameOf({ states, transitions }: Document, index: number): string {
  const { source, targets, events, cond } = transitions[index]!;
  const to = targets.map((target) => states[target]!.id).join(' ');
  const on = events?.map(({ segments, wildcard }) => (wildcard ? '*' : segments.join('.'))).join(' ');
  return [
    source === 0 ? 'scxml' : states[source]!.id,
    to === '' ? '' : ` -> ${to}`,
    on === undefined ? '' : ` on ${on}`,
    cond === undefined ? '' : ` if ${cond.source}`,
  ].join('');
}

/** Rounded down, so that only all of it is 100 %. */
function percent(passed: number, all: number): string {
  return `${Math.floor((passed * 100) / all)}%`;
}

/**
 * The LCOV form: a function for each state, a line for each line with a state or a transition, and two
 * branches for each condition. `pathOf` writes the name of a file.
 */
export function coverageLcov(
  documents: readonly DocumentCoverage[],
  pathOf: (file: string) => string,
): string {
  const files = new Map<string, LcovFile>();
  const fileOf = ({ file }: SourceLocation): LcovFile => {
    const known = files.get(file) ?? { functions: [], lines: new Map(), branches: [] };
    files.set(file, known);
    return known;
  };
  for (const { document, states, transitions, guards } of documents) {
    for (const [index, count] of states) {
      const { id, at } = document.states[index]!;
      const file = fileOf(at);
      file.functions.push({ line: at.line, name: id, count });
      addLine(file, at.line, count);
    }
    for (const [index, count] of transitions) {
      const { at } = document.transitions[index]!;
      addLine(fileOf(at), at.line, count);
    }
    for (const [index, counts] of guards) {
      const { at } = document.transitions[index]!;
      fileOf(at).branches.push({ line: at.line, block: index, counts: [counts.true, counts.false] });
    }
  }
  return [...files].map(([file, content]) => lcovRecord(pathOf(file), content)).join('');
}

interface LcovFile {
  readonly functions: { readonly line: number; readonly name: string; readonly count: number }[];
  readonly lines: Map<number, number>;
  readonly branches: { readonly line: number; readonly block: number; readonly counts: readonly number[] }[];
}

function addLine({ lines }: LcovFile, line: number, count: number): void {
  lines.set(line, (lines.get(line) ?? 0) + count);
}

function lcovRecord(path: string, { functions, lines, branches }: LcovFile): string {
  const hit = (counts: readonly number[]): number => counts.filter((count) => count > 0).length;
  const outcomes = branches.flatMap(({ counts }) => counts);
  const sorted = [...lines].sort(([a], [b]) => a - b);
  const rows = [
    'TN:',
    `SF:${path}`,
    ...functions.map(({ line, name }) => `FN:${line},${name}`),
    ...functions.map(({ count, name }) => `FNDA:${count},${name}`),
    `FNF:${functions.length}`,
    `FNH:${hit(functions.map(({ count }) => count))}`,
    ...branches.flatMap(({ line, block, counts: [yes = 0, no = 0] }) => {
      const isEvaluated = yes + no > 0;
      return [yes, no].map((count, branch) => `BRDA:${line},${block},${branch},${isEvaluated ? count : '-'}`);
    }),
    `BRF:${outcomes.length}`,
    `BRH:${hit(outcomes)}`,
    ...sorted.map(([line, count]) => `DA:${line},${count}`),
    `LF:${sorted.length}`,
    `LH:${hit(sorted.map(([, count]) => count))}`,
    'end_of_record',
  ];
  return `${rows.join('\n')}\n`;
}
