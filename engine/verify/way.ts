import { defined } from '../ports/index.ts';
import type { Expansion } from './expansion.ts';
import type { Found } from './findings.ts';
import type { Loop } from './loops.ts';
import type { Move } from './moves.ts';
import type { Outside } from './outside.ts';
import type { Node } from './packing.ts';
import { type ArmedTimer, timersOf } from './timers.ts';
import type { Visited } from './visited.ts';

/** A move on the way to a finding, with its time. */
export interface Step {
  readonly move: Move;
  /** Time since the start, in ms. */
  readonly atMs: number;
  /** The surroundings before the move, which it refers to. */
  readonly outside: Outside;
  /** The event of the timer, if one fires. */
  readonly timer: ArmedTimer | undefined;
  /** Number of the events of the move that came before the session ended. */
  readonly delivered: number;
}

/** The number of the start, and the numbers of the moves from it to a state. */
export function wayTo(visited: Visited, state: number | undefined): readonly number[] {
  const numbers: number[] = [];
  for (let at = state; at !== undefined; ) {
    const { parent, move } = visited.arrivalAt(at);
    numbers.unshift(move);
    at = parent;
  }
  return numbers;
}

/** A way to a finding, at real times. */
export interface Way {
  /** The finding, as it shows at these times. */
  readonly found: Found;
  readonly start: number;
  readonly steps: readonly Step[];
  /** Ids of the active states before the last step. */
  readonly configuration: readonly string[];
  /** Number of the last steps that are a loop. */
  readonly round?: number;
}

/**
 * Takes the moves again, at times that fit all timers, and returns them with these times. Undefined when the
 * finding does not show then: the exploration took two different states for one.
 */
export function confirmed(expansion: Expansion, numbers: readonly number[], found: Found): Way | undefined {
  const drawn = take(expansion, { numbers });
  if (!drawn) return undefined;
  const times = timesOf(drawn.nodes, drawn.steps);
  const real = times && take(expansion, { numbers, times });
  if (!real) return undefined;
  const shown = [...real.found, ...shownAt(expansion, real.nodes.at(-1))].find((one) => isSame(one, found));
  if (!shown) return undefined;
  const last = real.nodes.findLast((node) => node !== undefined);
  const configuration = (last?.snapshot.execution.configuration ?? []) as readonly string[];
  return { found: shown, start: numbers[0] ?? 0, steps: real.steps, configuration };
}

/**
 * The way to a loop and once round it, at real times. Undefined when it does not end where it began. The real
 * states may be others than those of the search, whose moves have other numbers: a move of the loop is found
 * by its name.
 */
export function confirmedLoop(
  expansion: Expansion,
  { visited, loop, found }: { readonly visited: Visited; readonly loop: Loop; readonly found: Found },
): Way | undefined {
  const names = loop.edges.map(({ from, move }) => nameAt(expansion, wayTo(visited, from), move));
  const numbers = wayTo(visited, loop.edges[0]!.from);
  const drawn = takeRound(expansion, numbers, names);
  const times = drawn && timesOf(drawn.nodes, drawn.steps);
  const real = times && takeRound(expansion, numbers, names, times);
  const [begin, end] = [real?.nodes[numbers.length - 1], real?.nodes.at(-1)];
  if (!real || !begin || !end) return undefined;
  const [before, after] = [expansion.textOf(begin), expansion.textOf(end)];
  if (before.document !== after.document || before.outside !== after.outside) return undefined;
  const configuration = end.snapshot.execution.configuration as readonly string[];
  return { found, start: numbers[0] ?? 0, steps: real.steps, configuration, round: names.length };
}

/** The name of a move of the state at the end of a way. */
function nameAt(expansion: Expansion, numbers: readonly number[], move: number): string | undefined {
  const node = take(expansion, { numbers })?.nodes.at(-1);
  const found = node && expansion.moves(node)[move];
  return found && nameOf(node, found);
}

/** The kind of move, the request or the timer, and the answer. */
function nameOf({ outside, snapshot }: Node, move: Move): string {
  const timer = timersOf(snapshot).find(({ key }) => move.kind === 'timer' && key === move.key)?.event;
  const request = 'request' in move ? outside.open[move.request]!.effect : undefined;
  const { module, action, attributes } = request ?? {};
  const { requestid: _id, ...others } = attributes ?? {};
  const { request: _place, key: _key, ...answer } = { request: 0, key: '', ...move };
  return JSON.stringify([timer, module, action, others, answer]);
}

/** Takes the moves of a way, and then those with the names. */
function takeRound(
  expansion: Expansion,
  numbers: readonly number[],
  names: readonly (string | undefined)[],
  times?: readonly number[],
): Drawn | undefined {
  return take(expansion, { numbers, names, ...defined({ times }) });
}

/** The findings of a state that nothing leaves. */
function shownAt(expansion: Expansion, node: Node | undefined): readonly Found[] {
  return node === undefined ? [] : expansion.deadEnd(node);
}

function isSame(one: Found, other: Found): boolean {
  return one.kind === other.kind && one.key === other.key;
}

interface Drawn {
  readonly steps: readonly Step[];
  /** The state before each step, and the last one if the session still runs. */
  readonly nodes: readonly (Node | undefined)[];
  /** The findings of the last step. */
  readonly found: readonly Found[];
}

interface Route {
  /** The number of the start, and of each move. */
  readonly numbers: readonly number[];
  /** Names of further moves. */
  readonly names?: readonly (string | undefined)[];
  readonly times?: readonly number[];
}

function take(expansion: Expansion, { numbers, names = [], times }: Route): Drawn | undefined {
  const [start = 0, ...moves] = numbers;
  let { node, found } = expansion.start(start);
  const nodes: (Node | undefined)[] = [node];
  const steps: Step[] = [];
  for (const [index, choice] of [...moves, ...names].entries()) {
    const move = node && chosen(expansion, node, choice);
    if (!node || !move) return undefined;
    const { outside, snapshot } = node;
    const key = move.kind === 'timer' ? move.key : undefined;
    const timer = timersOf(snapshot).find((armed) => armed.key === key);
    const atMs = times?.[index] ?? 0;
    const taken = times ? expansion.take(node, move, atMs) : expansion.take(node, move);
    if (!taken) return undefined;
    steps.push({ move, atMs, outside, timer, delivered: taken.delivered });
    ({ node, found } = taken);
    nodes.push(node);
  }
  return { steps, nodes, found };
}

/** `choice`: number or name of the move. */
function chosen(expansion: Expansion, node: Node, choice: number | string | undefined): Move | undefined {
  const moves = expansion.moves(node);
  return typeof choice === 'number' ? moves[choice] : moves.find((move) => nameOf(node, move) === choice);
}

/**
 * The earliest times of the steps: a timer fires exactly when it is due, and no armed timer is due before a
 * step. Undefined when there are none. A system of differences, solved by Bellman and Ford's algorithm.
 */
function timesOf(
  nodes: readonly (Node | undefined)[],
  steps: readonly Step[],
): readonly number[] | undefined {
  const armedAt = new Map<
    string,
    { readonly after: number; readonly delayMs: number; readonly order: number }
  >();
  /** [later, earlier, leastMs]: time of step `later` - time of step `earlier` is at least `leastMs`. */
  const bounds: (readonly [number, number, number])[] = [];
  nodes.forEach((node, index) => {
    // Point 0 is the start; step i is point i + 1.
    for (const key of node?.zone.timers ?? []) {
      if (armedAt.has(key)) continue;
      armedAt.set(key, { after: index, delayMs: node!.zone.delayOf(key), order: armedAt.size });
    }
  });
  steps.forEach(({ move }, index) => {
    const point = index + 1;
    bounds.push([point, index, 0]);
    const fired = move.kind === 'timer' ? armedAt.get(move.key)! : undefined;
    if (fired) bounds.push([point, fired.after, fired.delayMs]);
    for (const key of nodes[index]?.zone.timers ?? []) {
      const { after, delayMs, order } = armedAt.get(key)!;
      const isFired = move.kind === 'timer' && move.key === key;
      const mayBeSame = isFired || (fired !== undefined && order > fired.order);
      bounds.push([after, point, -(delayMs - (mayBeSame ? 0 : 1))]);
    }
  });
  const times = new Array<number>(steps.length + 1).fill(0);
  for (let round = 0; round <= times.length; round++) {
    let changed = false;
    for (const [later, earlier, least] of bounds) {
      if (times[later]! >= times[earlier]! + least) continue;
      times[later] = times[earlier]! + least;
      changed = true;
    }
    if (!changed) return times[0] === 0 ? times.slice(1) : times.slice(1).map((time) => time - times[0]!);
  }
  return undefined;
}
