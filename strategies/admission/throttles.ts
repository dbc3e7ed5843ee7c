import { createHash } from 'node:crypto';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Json, textOf } from '../../engine/ports/index.ts';
import { DAY_MS } from '../calendar/index.ts';
import { ServiceError, type ServiceInstance } from '../instances/index.ts';
import { firstSet, type GlobalOptions, limitOf, namesIn } from '../options/index.ts';
import type { AdmissionCheck, AdmissionFacts } from './admission.ts';
import { CUSTOMER_NUMBER } from './numberChecks.ts';

/** `service/number`: the time of an admitted callback. The numbers of a service follow each other. */
const RATE = 'callback.rate';
/** `service/day/digest of parameter and value`: the callbacks of that day. */
const DAILY = 'callback.daily';

const NUMBER_DIGITS = 12;
/** gms-8.5.2 1.4. Seconds, and callbacks in them. */
const INTERVALS = [
  { index: 1, initial: 500, initialSeconds: 300 },
  { index: 2, initial: 1000, initialSeconds: 3600 },
] as const;
const INITIAL_DAILY = 6;
/** Seconds: the longest interval for which admitted callbacks are remembered. */
const MAX_INTERVAL_S = 7 * 86_400;

interface Interval {
  readonly limit: number;
  readonly seconds: number;
}

interface Counted {
  readonly parameter: string;
  readonly value: string;
  readonly key: string;
  readonly count: number;
}

/**
 * Limits of callbacks that begin at once; scheduled ones are free. gms-8.5.2 1.4.
 *
 * TH1. The time of every admitted callback is in the commit of the callback, so no two callbacks share the
 *      last place. A refused one leaves no trace.
 * TH2. A sliding interval is checked with one record: of the callback that was admitted as many callbacks ago
 *      as the limit allows. Records expire with the longer interval.
 * TH3. The counts of a calendar day (UTC) expire at its end.
 */
export class Throttles {
  readonly #durable: Durable;
  readonly #globals: GlobalOptions;

  constructor({ durable, globals }: { readonly durable: Durable; readonly globals: GlobalOptions }) {
    this.#durable = durable;
    this.#globals = globals;
  }

  checks(): readonly AdmissionCheck[] {
    return [
      {
        name: 'rate of callbacks',
        refusal: (facts) => (facts.immediate ? this.#rejectRate(facts) : undefined),
        admitted: (facts) => (facts.immediate ? this.#rateBatch(facts) : {}),
      },
      {
        name: 'callbacks of a parameter in a day',
        refusal: (facts) => (facts.immediate ? this.#rejectDaily(facts) : undefined),
        admitted: (facts) => (facts.immediate ? this.#dailyBatch(facts) : {}),
      },
    ];
  }

  /** Removes the counts of these callbacks' customers. */
  forgetBatch(callbacks: readonly ServiceInstance[]): Batch {
    return {
      remove: callbacks.flatMap((callback) => {
        const fields = { ...callback.params, ...callback.lookup };
        const days = new Set([callback.createdAt, Math.max(callback.createdAt, callback.desiredTime)]);
        return [...days].flatMap((at) =>
          this.#parameters(callback.options).flatMap((parameter) => {
            const value = textOf(fields[parameter]);
            return value === '' ? [] : [{ table: DAILY, key: dailyKey({ callback, at, parameter, value }) }];
          }),
        );
      }),
    };
  }

  #rejectRate(facts: AdmissionFacts): ServiceError | undefined {
    const { callback, now } = facts;
    const last = this.#lastNumber(callback.name);
    const full = this.#intervals(facts).find(({ limit, seconds }) => {
      if (seconds === 0) return false;
      if (limit === 0) return true;
      const at = this.#durable.get<{ at: number }>(RATE, rateKey(callback.name, last - limit + 1))?.at;
      return at !== undefined && at > now - seconds * 1000;
    });
    if (full === undefined) return undefined;
    return new ServiceError(
      'CALLBACK_UNAVAILABLE',
      `Limit of queued callbacks for ${callback.name} is reached for interval ${full.seconds}s.`,
    );
  }

  #rateBatch(facts: AdmissionFacts): Batch {
    const { callback, now } = facts;
    const seconds = Math.max(...this.#intervals(facts).map((interval) => interval.seconds));
    if (seconds === 0) return {};
    const key = rateKey(callback.name, this.#lastNumber(callback.name) + 1);
    return { put: [{ table: RATE, key, value: { at: now }, expiresAt: now + seconds * 1000 }] };
  }

  /** 0: none of the service is remembered. */
  #lastNumber(service: string): number {
    const prefix = ratePrefix(service);
    const [last] = this.#durable.scan(RATE, { prefix, reverse: true, limit: 1 });
    return last === undefined ? 0 : Number(last.key.slice(prefix.length));
  }

  #intervals({ options }: AdmissionFacts): readonly Interval[] {
    const given = { options, globals: this.#globals };
    return INTERVALS.map(({ index, initial, initialSeconds }) => ({
      limit: limitOf(`_throttle_callbacks_per_service_${index}`, { ...given, initial }),
      seconds: Math.min(
        MAX_INTERVAL_S,
        limitOf(`_throttle_ttl_${index}`, { ...given, initial: initialSeconds }),
      ),
    }));
  }

  #rejectDaily(facts: AdmissionFacts): ServiceError | undefined {
    const { options } = facts;
    // The name of an earlier version counts where the present one is not set.
    const name = firstSet(options._throttle_request_parameters_limit)
      ? '_throttle_request_parameters_limit'
      : '_throttle_customer_number_limit';
    const limit = limitOf(name, {
      options,
      globals: this.#globals,
      globalName: '_throttle_request_parameters_limit',
      initial: INITIAL_DAILY,
    });
    const full = this.#counted(facts).find(({ count }) => count >= limit);
    if (full === undefined) return undefined;
    return new ServiceError(
      'CALLBACK_UNAVAILABLE',
      `Callback for ${full.parameter}=${full.value} rejected because previous callbacks for this parameter were requested for more than ${limit} times today.`,
    );
  }

  #dailyBatch(facts: AdmissionFacts): Batch {
    const expiresAt = (Math.floor(facts.now / DAY_MS) + 1) * DAY_MS;
    return joinBatches(
      this.#counted(facts).map(({ key, count }) => ({
        put: [{ table: DAILY, key, value: { count: count + 1 }, expiresAt }],
      })),
    );
  }

  /** The parameters of the request that are counted. A header comes before a field of the body. */
  #counted({ options, callback, fields, header, now }: AdmissionFacts): readonly Counted[] {
    const takesHeaders = this.#globals._enable_throttle_header_parameters?.trim().toLowerCase() !== 'false';
    return this.#parameters(options).flatMap((parameter) => {
      const sent = takesHeaders ? header?.(parameter) : undefined;
      const value = sent ?? textOf(presentValue(parameter, callback, fields));
      if (value === '') return [];
      const key = dailyKey({ callback, at: now, parameter, value });
      const count = this.#durable.get<{ count: number }>(DAILY, key)?.count ?? 0;
      return [{ parameter, value, key, count }];
    });
  }

  #parameters({ _throttle_request_parameters: own }: ServiceInstance['options']): readonly string[] {
    const named = firstSet(own, this.#globals._throttle_request_parameters) ?? CUSTOMER_NUMBER;
    return [...new Set(namesIn(named))];
  }
}

/** A reschedule has only the changed fields. */
function presentValue(
  parameter: string,
  { params }: ServiceInstance,
  fields: Readonly<Record<string, Json>>,
): Json | undefined {
  if (Object.hasOwn(fields, parameter)) return fields[parameter];
  return Object.hasOwn(params, parameter) ? params[parameter] : undefined;
}

function ratePrefix(service: string): string {
  return `${encodeURIComponent(service)}/`;
}

function rateKey(service: string, number: number): string {
  return ratePrefix(service) + String(Math.max(0, number)).padStart(NUMBER_DIGITS, '0');
}

function dailyKey({
  callback,
  at,
  parameter,
  value,
}: {
  readonly callback: ServiceInstance;
  readonly at: number;
  readonly parameter: string;
  readonly value: string;
}): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([parameter, value]))
    .digest('base64url');
  return `${encodeURIComponent(callback.name)}/${Math.floor(at / DAY_MS)}/${digest}`;
}
