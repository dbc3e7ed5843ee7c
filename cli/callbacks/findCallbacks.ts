import { defined } from '../../engine/ports/index.ts';
import { wrongUse } from '../commandFault.ts';
import type { AdminTarget } from '../serverOptions.ts';

const QUEUES = '/genesys/1/admin/callback/queues';
const CALLBACKS = '/genesys/1/service/callback';
/** Callbacks of one service that the server lists at once. */
export const MAX_LISTED = 10_000;

/** A callback as the server shows it: all of it texts. */
export type CallbackRecord = Readonly<Record<string, string>>;

/** Absent fields do not filter. Times are ISO 8601 with a zone. */
export interface CallbackFilter {
  readonly service: string | undefined;
  readonly states: readonly string[] | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Properties by which customers are found. */
  readonly where: { readonly [name: string]: string };
  /** One of the properties is enough. */
  readonly any: boolean;
}

/** One page of callbacks. `full`: the services that may have more of them. */
interface CallbackPage {
  readonly records: readonly CallbackRecord[];
  readonly full: readonly string[];
}

/** The callbacks that a filter finds, at most `limit` of each service. */
export async function findCallbacks(
  { client }: AdminTarget,
  filter: CallbackFilter,
  limit: number,
): Promise<CallbackPage> {
  if (Object.keys(filter.where).length > 0) return findByProperty({ client }, filter, limit);
  if (filter.any) throw wrongUse('Expected --any only with --where.');
  const { service, states, from, to } = filter;
  const query = new URLSearchParams({
    ...defined({ target: service, states: states?.join(','), start_time: from, end_time: to }),
    max: String(limit),
  });
  const found = (await client.ask('GET', `${QUEUES}?${query}`)) as unknown as Readonly<
    Record<string, readonly CallbackRecord[]>
  >;
  const queues = Object.entries(found);
  return {
    records: byTime(queues.flatMap(([, records]) => records)),
    full: queues.filter(([, records]) => records.length >= limit).map(([name]) => name),
  };
}

async function findByProperty(
  { client }: Pick<AdminTarget, 'client'>,
  { service, states = [], from, to, where, any }: CallbackFilter,
  limit: number,
): Promise<CallbackPage> {
  const query = new URLSearchParams({
    ...where,
    ...defined({ _desired_time_from: from, _desired_time_to: to, operand: any ? 'OR' : undefined }),
  });
  const path = service === undefined ? CALLBACKS : `${CALLBACKS}/${encodeURIComponent(service)}`;
  const found = (await client.ask('GET', `${path}?${query}`)) as unknown as readonly CallbackRecord[];
  const fitting = found.filter(
    ({ _callback_state: state = '' }) => states.length === 0 || states.includes(state),
  );
  return { records: byTime(fitting).slice(0, limit), full: fitting.length > limit ? ['all'] : [] };
}

/** Rejects with a CommandFault when there is none. */
export async function callbackOf({ client }: AdminTarget, id: string): Promise<CallbackRecord> {
  const query = new URLSearchParams({ _id: id });
  const [found] = (await client.ask('GET', `${CALLBACKS}?${query}`)) as unknown as readonly CallbackRecord[];
  if (found !== undefined) return found;
  throw wrongUse(`Expected the id of a callback, got '${id}', which no callback of the server has.`);
}

/** All callbacks that a filter finds, part by part: each part begins where the one before it ended. */
export async function* everyCallback(
  target: AdminTarget,
  filter: CallbackFilter,
): AsyncGenerator<CallbackRecord> {
  if (Object.keys(filter.where).length > 0) {
    yield* (await findCallbacks(target, filter, MAX_LISTED)).records;
    return;
  }
  const { from = '1970-01-01T00:00:00Z', to = '9999-12-31T23:59:59Z' } = filter;
  const first = await findCallbacks(target, { ...filter, from, to }, MAX_LISTED);
  const full = new Set(first.full);
  yield* first.records.filter(({ _service_name: name = '' }) => !full.has(name));
  for (const service of full) yield* everyCallbackOf(target, { ...filter, service, from, to });
}

async function* everyCallbackOf(
  target: AdminTarget,
  filter: CallbackFilter & { readonly from: string },
): AsyncGenerator<CallbackRecord> {
  let { from } = filter;
  // The callbacks at the last desired time of a part come again in the next one.
  let seen = new Set<string>();
  for (;;) {
    const { records, full } = await findCallbacks(target, { ...filter, from }, MAX_LISTED);
    const next = records.filter(({ _id: id = '' }) => !seen.has(id));
    yield* next;
    const last = records.at(-1)?._desired_time;
    if (full.length === 0 || last === undefined) return;
    if (next.length === 0) {
      throw wrongUse(`More than ${MAX_LISTED} callbacks of ${filter.service} have the desired time ${last}.`);
    }
    seen = new Set(records.filter((one) => one._desired_time === last).map(({ _id: id = '' }) => id));
    from = last;
  }
}

function byTime(records: readonly CallbackRecord[]): readonly CallbackRecord[] {
  return [...records].sort((a, b) => (a._desired_time ?? '').localeCompare(b._desired_time ?? ''));
}
