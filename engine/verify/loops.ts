import { stronglyConnected } from './stronglyConnected.ts';

/** A move from a state to another. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  /** Number of the move among those of `from`. */
  readonly move: number;
}

/** A loop of states that a session can go round for ever. */
export interface Loop {
  /** Number of the property that does not become true in it. */
  readonly property: number;
  /** The first begins where the last ends. */
  readonly edges: readonly Edge[];
}

const FIRST_CAPACITY = 1 << 12;
/** Moves that are kept. Loops with later ones are not found. */
const MAX_EDGES = 2_000_000;

/**
 * The graph of the answers and timers of an exploration, to find loops in which a property that has to become
 * true never does. A loop counts when it is fair: a request that is open, and a timer that is armed, does not
 * stay so all through the loop, because each request is answered and each timer fires in the end. Events are
 * no part of a loop: they need not come.
 */
export class Loops {
  /** From, to, move, number of the kept things, number of the pending properties; in turn. */
  #edges = new Uint32Array(FIRST_CAPACITY * FIELDS);
  #count = 0;
  readonly #kept = new Interned();
  readonly #pending = new Interned();

  get bytes(): number {
    return this.#edges.byteLength;
  }

  /**
   * `kept`: names of the requests and timers that stay open and armed. `pending`: numbers of the properties
   * that have to become true, in the state after the move.
   */
  add({ from, to, move }: Edge, kept: readonly string[], pending: readonly number[]): void {
    if (this.#count === MAX_EDGES) return;
    if ((this.#count + 1) * FIELDS > this.#edges.length) {
      const larger = new Uint32Array(this.#edges.length * 2);
      larger.set(this.#edges);
      this.#edges = larger;
    }
    this.#edges.set(
      [from, to, move, this.#kept.numberOf(kept), this.#pending.numberOf(pending.map(String))],
      this.#count * FIELDS,
    );
    this.#count += 1;
  }

  /** A short fair loop for each of the properties that has one. */
  find(properties: readonly number[]): readonly Loop[] {
    return properties.flatMap((property) => this.#loopOf(property) ?? []);
  }

  #loopOf(property: number): Loop | undefined {
    const pending = String(property);
    const inside = this.#allEdges().filter((edge) => this.#pendingAt(edge).has(pending));
    const part = stronglyConnected(inside);
    const byPart = grouped(
      inside.filter(({ from, to }) => part.get(from) !== undefined && part.get(from) === part.get(to)),
      ({ from }) => part.get(from)!,
    );
    const fair = [...byPart.values()].filter((edges) => this.#keptOn(edges).size === 0);
    const tours = fair.map((edges) => this.#tour(edges)).sort((a, b) => a.length - b.length);
    const [edges] = tours;
    return edges && { property, edges };
  }

  #allEdges(): readonly NumberedEdge[] {
    return Array.from({ length: this.#count }, (_, index) => {
      const [from, to, move] = this.#edges.subarray(index * FIELDS, (index + 1) * FIELDS);
      return { from: from!, to: to!, move: move!, index };
    });
  }

  #keptAt({ index }: NumberedEdge): ReadonlySet<string> {
    return this.#kept.at(this.#edges[index * FIELDS + 3]!);
  }

  #pendingAt({ index }: NumberedEdge): ReadonlySet<string> {
    return this.#pending.at(this.#edges[index * FIELDS + 4]!);
  }

  /** The things that stay on all of the edges. */
  #keptOn(edges: readonly NumberedEdge[]): ReadonlySet<string> {
    const sets = [...new Set(edges.map((edge) => this.#keptAt(edge)))];
    return new Set([...sets[0]!].filter((name) => sets.every((kept) => kept.has(name))));
  }

  /** A closed way over edges of one part, on which nothing stays. It begins at the first state found. */
  #tour(edges: readonly NumberedEdge[]): readonly NumberedEdge[] {
    const start = edges.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
    const tour = [...shortest(edges, start, start)];
    for (let kept = this.#keptOn(tour); kept.size > 0; kept = this.#keptOn(tour)) {
      const [name] = kept;
      const next = edges.find((edge) => !this.#keptAt(edge).has(name!))!;
      if (next.from !== start) tour.push(...shortest(edges, start, next.from));
      tour.push(next);
      if (next.to !== start) tour.push(...shortest(edges, next.to, start));
    }
    return tour;
  }
}

const FIELDS = 5;

interface NumberedEdge extends Edge {
  readonly index: number;
}

function grouped<E extends Edge>(
  edges: readonly E[],
  keyOf: (edge: E) => number,
): ReadonlyMap<number, readonly E[]> {
  const groups = new Map<number, E[]>();
  for (const edge of edges) {
    const group = groups.get(keyOf(edge));
    if (group) group.push(edge);
    else groups.set(keyOf(edge), [edge]);
  }
  return groups;
}

/** A shortest way of at least one edge. The edges are strongly connected. */
function shortest<E extends Edge>(edges: readonly E[], from: number, to: number): readonly E[] {
  const leaving = grouped(edges, (edge) => edge.from);
  const came = new Map<number, E>();
  const queue = [from];
  for (const state of queue) {
    for (const edge of leaving.get(state) ?? []) {
      if (came.has(edge.to)) continue;
      came.set(edge.to, edge);
      if (edge.to === to) return wayBack(came, from, to);
      queue.push(edge.to);
    }
  }
  throw new Error(`Expected a way from state ${from} to state ${to} in a strongly connected part.`);
}

function wayBack<E extends Edge>(came: ReadonlyMap<number, E>, from: number, to: number): readonly E[] {
  const way: E[] = [came.get(to)!];
  while (way[0]!.from !== from) way.unshift(came.get(way[0]!.from)!);
  return way;
}

/** Lists of names by numbers: there are few different ones. */
class Interned {
  readonly #numbers = new Map<string, number>();
  readonly #sets: ReadonlySet<string>[] = [];

  numberOf(names: readonly string[]): number {
    const text = names.join('\n');
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#sets.length);
    this.#sets.push(new Set(names));
    return this.#sets.length - 1;
  }

  at(number: number): ReadonlySet<string> {
    return this.#sets[number]!;
  }
}
