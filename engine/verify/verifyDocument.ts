import type { Document, SourceLocation } from '../interpreter/index.ts';
import { readInvokedDocuments } from '../interpreter/stepper/index.ts';
import { defined, type FetchText } from '../ports/index.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Bounds } from './bounds.ts';
import { Threads } from './crew.ts';
import { describeStep } from './describe.ts';
import { Expansion } from './expansion.ts';
import { type ExploreOptions, Explorer, type FoundAt } from './explorer.ts';
import type { FindingKind } from './findings.ts';
import type { Loop } from './loops.ts';
import { Model } from './model.ts';
import { Reached } from './reached.ts';
import { scenarioOf } from './scenarioOf.ts';
import type { Surroundings } from './surroundings.ts';
import { confirmed, confirmedLoop, type Way, wayTo } from './way.ts';

export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
  readonly at?: SourceLocation;
  /** The shortest way to it that was found. */
  readonly moves: readonly { readonly text: string; readonly atMs: number }[];
  /** Number of the last moves that are a loop. */
  readonly round?: number;
  /** Plays the moves, and fails while the fault is there. */
  readonly scenario: Omit<Scenario, 'document'>;
}

export interface MissedPart {
  /** 'state waiting', 'transition waiting -> held'. */
  readonly name: string;
  readonly at: SourceLocation;
}

export interface VerifyReport {
  /** True: every state was explored. */
  readonly isClosed: boolean;
  /** The bound that stopped the exploration. */
  readonly stoppedBy?: keyof Bounds | 'stopped';
  readonly states: number;
  /** Moves that were tried. */
  readonly steps: number;
  /** Moves from the start to the farthest state. */
  readonly depth: number;
  /** States that were found and not explored. */
  readonly waiting: number;
  readonly elapsedMs: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** States and transitions that were not reached. */
  readonly missed: readonly MissedPart[];
  /** Findings that did not show again when their moves were taken at real times. */
  readonly unconfirmed: number;
}

export interface VerifyOptions extends ExploreOptions {
  readonly surroundings: Surroundings;
  readonly fetchText?: FetchText;
  /** Threads for an exploration that takes long. Absent: none but this one. */
  readonly threads?: number;
}

/** Explores a document with everything that its surroundings may do, on virtual time. */
export async function verifyDocument(document: Document, options: VerifyOptions): Promise<VerifyReport> {
  const startedAt = options.elapsed();
  const documentOf = await readInvokedDocuments(document, options.fetchText);
  const model = new Model(document, options.surroundings, documentOf);
  const reached = new Reached(document);
  const expansion = new Expansion(model, reached);
  const { threads = 1, surroundings } = options;
  const { url, dialect, sources } = document;
  const task = { document: { url, dialect, sources }, surroundings };
  const openThreads = () => new Threads(threads, task, reached);
  const explorer = new Explorer(expansion, options, threads > 1 ? openThreads : undefined);
  const stoppedBy = await explorer.run();
  const ways = [
    ...explorer.found.map((found) => wayOf(expansion, explorer, found)),
    ...explorer.loops.map((loop) => loopWayOf(expansion, explorer, loop)),
  ];
  const findings = ways.map((way) => way && findingOf(model, way));
  const { states, steps, depth, waiting, bytes } = explorer.progress;
  return {
    isClosed: stoppedBy === undefined,
    ...defined({ stoppedBy }),
    states,
    steps,
    depth,
    waiting,
    elapsedMs: options.elapsed() - startedAt,
    bytes,
    findings: findings.filter((finding) => finding !== undefined),
    missed: missedParts(document, reached),
    unconfirmed: findings.filter((finding) => finding === undefined).length,
  };
}

function wayOf(
  expansion: Expansion,
  { visited }: Explorer,
  { found, state, move }: FoundAt,
): Way | undefined {
  const numbers = [...wayTo(visited, state), ...(move === undefined ? [] : [move])];
  return confirmed(expansion, numbers, found);
}

function loopWayOf(expansion: Expansion, { visited }: Explorer, loop: Loop): Way | undefined {
  const found = expansion.watches.missedInLoop(loop.property);
  return confirmedLoop(expansion, { visited, loop, found });
}

function findingOf(model: Model, way: Way): Finding {
  const { kind, message, at } = way.found;
  const moves = way.steps.map((step) => ({ text: describeStep(model, step), atMs: step.atMs }));
  const round = defined({ round: way.round });
  return { kind, message, ...defined({ at }), moves, ...round, scenario: scenarioOf(model, way) };
}

function missedParts({ states }: Document, reached: Reached): readonly MissedPart[] {
  const idOf = (state: number): string => (state === 0 ? 'scxml' : states[state]!.id);
  return [
    ...reached.missedStates.map(({ id, at }) => ({ name: `state ${id}`, at })),
    ...reached.missedTransitions.map(({ source, targets, at }) => ({
      name: `transition ${idOf(source)}${targets.length > 0 ? ` -> ${targets.map(idOf).join(' ')}` : ''}`,
      at,
    })),
  ];
}
