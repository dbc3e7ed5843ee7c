import { type Batch, type Durable, joinBatches, type PutRecord } from '../../engine/durable/index.ts';
import { DAY_MS, MINUTE_MS } from '../calendar/index.ts';
import type { ServiceInstance } from './serviceInstance.ts';

/** `service/day`: how many callbacks are booked in each cell of the day that has any. */
export const BOOKED = 'service.booked';
/** All time slots are whole numbers of cells, so the counts stay right when the length of a slot changes. */
const CELL_MS = 5 * MINUTE_MS;
const CELLS_A_DAY = DAY_MS / CELL_MS;

/** The counts of one day: number of the cell to number of callbacks. */
export type DayCounts = Readonly<Record<string, number>>;

/** A callback of a service that begins or ceases to be booked for a time. */
interface BookingChange {
  readonly service: string;
  /** ms since epoch. */
  readonly at: number;
  readonly by: 1 | -1;
}

/**
 * How many callbacks are booked for each time. A day of a service is one record, so that no request scans the
 * callbacks.
 */
export class Bookings {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  /** Counts the bookings of parts of a time range. The parts begin and end with a cell. */
  between(service: string, from: number, to: number): (start: number, end: number) => number {
    const first = Math.floor(from / CELL_MS);
    const end = Math.ceil(to / CELL_MS);
    const counts = new Uint32Array(Math.max(0, end - first));
    for (let day = Math.floor(first / CELLS_A_DAY); day * CELLS_A_DAY < end; day++) {
      const cells = this.#durable.get<DayCounts>(BOOKED, dayKey(service, day * DAY_MS));
      if (cells === undefined) continue;
      const begin = day * CELLS_A_DAY;
      const last = Math.min(end, begin + CELLS_A_DAY);
      for (let cell = Math.max(first, begin); cell < last; cell++) {
        counts[cell - first] = cells[cell - begin] ?? 0;
      }
    }
    return (start, stop) => {
      const last = Math.ceil(stop / CELL_MS) - first;
      let sum = 0;
      for (let cell = Math.floor(start / CELL_MS) - first; cell < last; cell++) sum += counts[cell] ?? 0;
      return sum;
    };
  }

  /**
   * Counts what changes when these instances are stored, or removed (`after` undefined). All instances of a
   * commit must be in one call, because it adds to the counts that are stored.
   */
  changeBatch(
    changes: readonly {
      readonly before: ServiceInstance | undefined;
      readonly after: ServiceInstance | undefined;
    }[],
  ): Batch {
    const days = new Map<string, Map<number, number>>();
    for (const { before, after } of changes) {
      if (before?.bookedFor === after?.bookedFor) continue;
      for (const { service, at, by } of [...bookingOf(before, -1), ...bookingOf(after, 1)]) {
        const key = dayKey(service, at);
        const cells = days.get(key) ?? new Map<number, number>();
        const cell = cellOf(at);
        cells.set(cell, (cells.get(cell) ?? 0) + by);
        days.set(key, cells);
      }
    }
    return joinBatches([...days].map(([key, cells]) => this.#dayBatch(key, cells)));
  }

  #dayBatch(key: string, cells: ReadonlyMap<number, number>): Batch {
    const counts: Record<string, number> = { ...this.#durable.get<DayCounts>(BOOKED, key) };
    for (const [cell, by] of cells) {
      const count = (counts[cell] ?? 0) + by;
      if (count > 0) counts[cell] = count;
      else delete counts[cell];
    }
    if (Object.keys(counts).length === 0) return { remove: [{ table: BOOKED, key }] };
    return { put: [bookedRecord(key, counts)] };
  }
}

/** The record of a day. Nobody asks for the places of a day that is over. */
export function bookedRecord(key: string, counts: DayCounts): PutRecord {
  return { table: BOOKED, key, value: counts, expiresAt: Date.parse(key.slice(-10)) + 2 * DAY_MS };
}

/** The cell of an instant in its day. */
export function cellOf(instant: number): number {
  return Math.floor((instant % DAY_MS) / CELL_MS);
}

function bookingOf(instance: ServiceInstance | undefined, by: 1 | -1): readonly BookingChange[] {
  const at = instance?.bookedFor;
  return instance === undefined || at === undefined ? [] : [{ service: instance.name, at, by }];
}

/** Ends with the date, which sorts as the days do. */
export function dayKey(service: string, instant: number): string {
  return `${encodeURIComponent(service)}/${new Date(instant).toISOString().slice(0, 10)}`;
}
