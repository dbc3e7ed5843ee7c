import {
  type ClosedReason,
  capacityPeriods,
  closedReason,
  DAY_MS,
  MINUTE_MS,
  openPeriods,
  type Period,
} from '../calendar/index.ts';
import type { Bookings } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import type { Calendars } from './calendars.ts';

/** The platform's defaults of _request_time_bucket (minutes) and _max_request_by_time_bucket. */
const DEFAULT_BUCKET = 5;
const DEFAULT_PLACES = 100;
/** Free slots that a refusal proposes. */
export const MAX_PROPOSED_SLOTS = 7;
/** A refusal looks for slots near the desired time first. */
const NEAR_MS = DAY_MS;

/** Part of the time in which an office is open, with places for callbacks. Times are ms since epoch. */
export interface TimeSlot {
  /** The first time of the slot at which the office is open. */
  readonly start: number;
  /** Places that are not booked. */
  readonly free: number;
  /** All places, at least 1. */
  readonly total: number;
}

/** A callback service with the options that count. */
export interface BookedService {
  readonly name: string;
  readonly options: ServiceOptions;
}

/** A time range, and slots that a search leaves out. */
interface Search {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** A booking that does not count: that of the callback that moves. */
  readonly own?: number | undefined;
}

/**
 * The time slots of callback services: of equal length, from the beginning of the day in UTC. The service of
 * the option _business_hours_service says when the office is open, and that of _capacity_service how many
 * places a slot has.
 */
export class TimeSlots {
  readonly #calendars: Calendars;
  readonly #bookings: Bookings;

  constructor(deps: { readonly calendars: Calendars; readonly bookings: Bookings }) {
    this.#calendars = deps.calendars;
    this.#bookings = deps.bookings;
  }

  /** Why the office is closed then; undefined: it is open. Throws ServiceError SERVICE_MISCONFIGURED. */
  closedReason({ options }: BookedService, instant: number): ClosedReason | undefined {
    const hours = nameIn(options._business_hours_service);
    return hours === undefined ? undefined : closedReason(this.#calendars.hours(hours), instant);
  }

  /** The slots that begin in a range or around its beginning, in order. Throws SERVICE_MISCONFIGURED. */
  *slots(service: BookedService, { from, to, own }: Search): Iterable<TimeSlot> {
    if (to <= from) return;
    const width = slotMinutes(service.options) * MINUTE_MS;
    const first = Math.floor(from / width) * width;
    const end = Math.ceil(to / width) * width;
    const places = this.#places(service.options, { start: first, end });
    const booked = this.#bookings.between(service.name, first, end);
    const ownSlot = own === undefined ? undefined : Math.floor(own / width) * width;
    let next = first;
    let place = 0;
    for (const open of this.#open(service.options, { start: first, end })) {
      let slot = Math.max(next, Math.floor(open.start / width) * width);
      for (; slot < open.end; slot += width) {
        const start = Math.max(slot, open.start);
        if (start >= to) return;
        while (places[place]!.end <= start) place++;
        const total = places[place]!.capacity;
        const taken = booked(slot, slot + width) - (slot === ownSlot ? 1 : 0);
        if (total > 0) yield { start, total, free: Math.max(0, total - taken) };
      }
      next = slot;
    }
  }

  /** The slot of a desired time; undefined: it has no places at all. Throws SERVICE_MISCONFIGURED. */
  slotAt(service: BookedService, instant: number, own?: number): TimeSlot | undefined {
    const { start, end } = this.slotPeriod(service, instant);
    for (const slot of this.slots(service, { from: start, to: end, own })) return slot;
    return undefined;
  }

  /** The slot of an instant, with its closed parts. */
  slotPeriod({ options }: BookedService, instant: number): Period {
    const width = slotMinutes(options) * MINUTE_MS;
    const start = Math.floor(instant / width) * width;
    return { start, end: start + width };
  }

  /**
   * Free slots around a desired time, the nearest ones, in order; further ones when those of a day before and
   * after it are taken. Throws SERVICE_MISCONFIGURED.
   */
  proposals(
    service: BookedService,
    {
      desired,
      earliest,
      latest,
    }: { readonly desired: number; readonly earliest: number; readonly latest: number },
  ): readonly TimeSlot[] {
    const isFree = ({ start, free }: TimeSlot): boolean => free > 0 && start >= earliest && start <= latest;
    const near = { from: Math.max(earliest, desired - NEAR_MS), to: Math.min(latest, desired + NEAR_MS) + 1 };
    const found = [...this.slots(service, near)]
      .filter(isFree)
      .sort((a, b) => Math.abs(a.start - desired) - Math.abs(b.start - desired))
      .slice(0, MAX_PROPOSED_SLOTS)
      .sort((a, b) => a.start - b.start);
    if (found.length > 0) return found;
    for (const slot of this.slots(service, { from: near.to, to: latest + 1 })) {
      if (isFree(slot) && found.push(slot) === MAX_PROPOSED_SLOTS) break;
    }
    return found;
  }

  #open(options: ServiceOptions, { start, end }: Period): readonly Period[] {
    const hours = nameIn(options._business_hours_service);
    return hours === undefined ? [{ start, end }] : openPeriods(this.#calendars.hours(hours), start, end);
  }

  /** The places of slots by their start, without gaps. The smaller one of both options counts. */
  #places(
    options: ServiceOptions,
    { start, end }: Period,
  ): readonly (Period & { readonly capacity: number })[] {
    const name = nameIn(options._capacity_service);
    const limit = nameIn(options._max_request_by_time_bucket);
    if (name === undefined) return [{ start, end, capacity: Number(limit ?? DEFAULT_PLACES) }];
    const max = Number(limit ?? Number.POSITIVE_INFINITY);
    return capacityPeriods(this.#calendars.capacity(name), start, end).map((period) => ({
      ...period,
      capacity: Math.min(max, period.capacity),
    }));
  }
}

/** The length of a slot. */
export function slotMinutes({ _request_time_bucket }: ServiceOptions): number {
  return Number(nameIn(_request_time_bucket) ?? DEFAULT_BUCKET);
}

/** An empty value means "not set". */
function nameIn(option: string | undefined): string | undefined {
  const text = option?.trim() ?? '';
  return text === '' ? undefined : text;
}
