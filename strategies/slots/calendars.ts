import {
  type Capacity,
  type OpeningHours,
  type OptionProblem,
  readCapacity,
  readHours,
} from '../calendar/index.ts';
import { ServiceError } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';

export type CalendarKind = 'office-hours' | 'capacity';

/** The kind of a service that answers with a calendar. Old configurations have them with `_type=ors`. */
export function calendarKind({ _service }: ServiceOptions): CalendarKind | undefined {
  return _service === 'office-hours' || _service === 'capacity' ? _service : undefined;
}

/** The faults of the options of a calendar service. */
export function calendarProblems(options: ServiceOptions): readonly OptionProblem[] {
  switch (calendarKind(options)) {
    case 'office-hours':
      return readHours(options).problems;
    case 'capacity':
      return readCapacity(options).problems;
    case undefined:
      return [];
  }
}

/** The office-hours and capacity services, as they are configured now. */
export class Calendars {
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #hours = new WeakMap<ServiceOptions, OpeningHours>();
  readonly #capacities = new WeakMap<ServiceOptions, Capacity>();

  constructor(deps: { readonly configured: (name: string) => ServiceOptions | undefined }) {
    this.#configured = deps.configured;
  }

  /** The kind of a configured service; undefined: another kind, or no service of this name. */
  kindOf(name: string): CalendarKind | undefined {
    const options = this.#configured(name);
    return options && calendarKind(options);
  }

  /** Throws ServiceError SERVICE_MISCONFIGURED when no office-hours service has this name. */
  hours(name: string): OpeningHours {
    const options = this.#require(name, 'office-hours');
    return known(this.#hours, options, () => readHours(options).hours);
  }

  /** Throws ServiceError SERVICE_MISCONFIGURED when no capacity service has this name. */
  capacity(name: string): Capacity {
    const options = this.#require(name, 'capacity');
    return known(this.#capacities, options, () => readCapacity(options).capacity);
  }

  #require(name: string, kind: CalendarKind): ServiceOptions {
    const options = this.#configured(name);
    if (options !== undefined && calendarKind(options) === kind) return options;
    throw new ServiceError('SERVICE_MISCONFIGURED', `Expected a configured service '${name}' of ${kind}.`);
  }
}

/** The options of a service are read once. */
function known<Read>(
  cache: WeakMap<ServiceOptions, Read>,
  options: ServiceOptions,
  read: () => NonNullable<Read>,
): Read {
  const found = cache.get(options);
  if (found !== undefined) return found;
  const made = read();
  cache.set(options, made);
  return made;
}
