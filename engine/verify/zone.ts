/**
 * The times at which the timers of a state can be due, without choosing one of them: a matrix of bounds on
 * differences (Dill 1989, "Timing assumptions and verification of finite-state concurrent systems").
 *
 * The points are 0, the start of the session; 1, now; and from 2 the due times of the armed timers, in the
 * order in which they were armed. `bound(i, j)` is the greatest value of point i - point j, in ms.
 */
export class Zone {
  /** Keys of the armed timers, in the order in which they were armed. */
  readonly timers: readonly string[];
  readonly #bounds: Float64Array;

  constructor(timers: readonly string[], bounds: Float64Array) {
    this.timers = timers;
    this.#bounds = bounds;
  }

  /** The least time since the start, in ms. */
  get elapsed(): number {
    return -this.#bounds[1]! + 0;
  }

  /** Any time passes in which no timer is due. Undefined when a timer is due at once. */
  wait(): Zone | undefined {
    const zone = this.#later();
    for (let timer = 0; timer < this.timers.length; timer++) {
      if (!zone.#tighten(1, timer + 2, -1)) return undefined;
    }
    return zone;
  }

  /** Time passes until a timer is due, and no other before it. Undefined: another is always due before. */
  until(key: string): Zone | undefined {
    const fired = this.timers.indexOf(key);
    const zone = this.#later();
    for (let timer = 0; timer < this.timers.length; timer++) {
      // Timers with the same due time fire in the order in which they were armed.
      if (timer !== fired && !zone.#tighten(fired + 2, timer + 2, timer < fired ? -1 : 0)) return undefined;
    }
    if (!zone.#tighten(1, fired + 2, 0) || !zone.#tighten(fired + 2, 1, 0)) return undefined;
    return zone.without(new Set([key]));
  }

  /** Adds a timer that is due a fixed time after now. */
  arm(key: string, delayMs: number): Zone {
    const size = this.timers.length + 2;
    const bounds = new Float64Array((size + 1) * (size + 1));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) bounds[i * (size + 1) + j] = this.#bounds[i * size + j]!;
      bounds[i * (size + 1) + size] = this.#bounds[i * size + 1]! - delayMs;
      bounds[size * (size + 1) + i] = this.#bounds[size + i]! + delayMs;
    }
    return new Zone([...this.timers, key], bounds);
  }

  /** The greatest time from now until the timer is due: its delay, when it was armed in the last move. */
  delayOf(key: string): number {
    const size = this.timers.length + 2;
    return this.#bounds[(this.timers.indexOf(key) + 2) * size + 1]!;
  }

  without(keys: ReadonlySet<string>): Zone {
    const kept = this.timers.flatMap((key, index) => (keys.has(key) ? [] : [index + 2]));
    if (kept.length === this.timers.length) return this;
    const points = [0, 1, ...kept];
    const old = this.timers.length + 2;
    const bounds = new Float64Array(points.length * points.length);
    points.forEach((i, row) => {
      points.forEach((j, column) => {
        bounds[row * points.length + column] = this.#bounds[i * old + j]!;
      });
    });
    return new Zone(
      kept.map((point) => this.timers[point - 2]!),
      bounds,
    );
  }

  /** For another process. */
  toJson(): readonly [readonly string[], readonly (number | null)[]] {
    return [this.timers, Array.from(this.#bounds, (bound) => (Number.isFinite(bound) ? bound : null))];
  }

  static fromJson([timers, bounds]: ReturnType<Zone['toJson']>): Zone {
    return new Zone(
      timers,
      Float64Array.from(bounds, (bound) => bound ?? Number.POSITIVE_INFINITY),
    );
  }

  /** Now may be any time until the first timer is due. */
  #later(): Zone {
    const size = this.timers.length + 2;
    const bounds = this.#bounds.slice();
    for (let j = 0; j < size; j++) {
      if (j === 1) continue;
      let least = Number.POSITIVE_INFINITY;
      for (let timer = 2; timer < size; timer++) least = Math.min(least, bounds[timer * size + j]!);
      bounds[size + j] = least;
    }
    return new Zone(this.timers, bounds);
  }

  /** Adds the bound point i - point j <= bound. False when no times are left. */
  #tighten(i: number, j: number, bound: number): boolean {
    const size = this.timers.length + 2;
    const bounds = this.#bounds;
    if (bounds[j * size + i]! + bound < 0) return false;
    if (bounds[i * size + j]! <= bound) return true;
    for (let a = 0; a < size; a++) {
      const before = bounds[a * size + i]! + bound;
      for (let b = 0; b < size; b++) {
        const through = before + bounds[j * size + b]!;
        if (through < bounds[a * size + b]!) bounds[a * size + b] = through;
      }
    }
    return true;
  }
}

/** The start of a session: no time has passed, and no timer is armed. */
export const START_ZONE = new Zone([], new Float64Array(4));
