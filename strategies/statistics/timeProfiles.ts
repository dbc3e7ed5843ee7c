import { instantOf, offsetAt } from '../calendar/index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Latest actions that a profile of the kind Selection has at most. */
export const MAX_SELECTION = 100;

/**
 * The time over which a statistic counts. growing: since the latest of the times of day at which it begins
 * again. sliding: the last `lengthMs`, which move on every `stepMs`. selection: the latest actions.
 * sinceLogin: since the login of each agent.
 */
export type TimeProfile =
  | { readonly kind: 'growing'; readonly resets: readonly Reset[] }
  | { readonly kind: 'sliding'; readonly lengthMs: number; readonly stepMs: number }
  | { readonly kind: 'selection'; readonly count: number }
  | { readonly kind: 'sinceLogin' };

/** A time of day at which a growing profile begins again, and the time after which it does so again. */
interface Reset {
  /** ms since midnight. */
  readonly at: number;
  readonly everyMs?: number;
}

/** `<name>,<kind>` and the value of a time profile, as Stat Server has them. Throws Error. */
export function parseTimeProfile(title: string, value: string): { name: string; profile: TimeProfile } {
  const [name = '', kind = '', ...more] = title.split(',').map((part) => part.trim());
  if (name === '' || more.length > 0) {
    throw new Error(`expected the title as '<name>,<kind>', got '${title.slice(0, 80)}'`);
  }
  switch (kind.toLowerCase()) {
    case 'growing':
      return { name, profile: { kind: 'growing', resets: parseResets(value) } };
    case 'sliding':
      return { name, profile: parseSliding(value) };
    case 'selection':
      return { name, profile: { kind: 'selection', count: parseCount(value) } };
    case 'sincelogin':
      return { name, profile: { kind: 'sinceLogin' } };
    default:
      throw new Error(`expected the kind Growing, Sliding, Selection or SinceLogin, got '${kind}'`);
  }
}

/** `00:00 +24:00`, or several times of day separated by commas. */
function parseResets(value: string): readonly Reset[] {
  const resets = value.split(',').map((part): Reset => {
    const found = /^(\d{1,2}):(\d{2})(?:\s*\+(\d{1,2}):(\d{2}))?$/.exec(part.trim());
    const at = found === null ? Number.NaN : minutesOf(found[1], found[2]) * MINUTE_MS;
    const everyMs = found?.[3] === undefined ? undefined : minutesOf(found[3], found[4]) * MINUTE_MS;
    if (!(at < DAY_MS) || (everyMs !== undefined && !(everyMs >= MINUTE_MS && everyMs <= DAY_MS))) {
      throw new Error(
        `expected times of day such as '00:00 +24:00', '08:00' or '00:00 +01:00', got '${part.trim().slice(0, 80)}'`,
      );
    }
    return everyMs === undefined ? { at } : { at, everyMs };
  });
  return resets.sort((a, b) => a.at - b.at);
}

/** `1:00:00/0:01:00`: the length, and the step in which it moves. */
function parseSliding(value: string): TimeProfile {
  const [length = '', step = '0:01:00', ...more] = value.split('/').map((part) => part.trim());
  const [lengthMs, stepMs] = [readDuration(length), readDuration(step)];
  const isWhole = (ms: number): boolean => ms >= MINUTE_MS && ms % MINUTE_MS === 0;
  if (more.length > 0 || !isWhole(lengthMs) || !isWhole(stepMs) || lengthMs % stepMs !== 0) {
    throw new Error(
      `expected a length and a step that divides it, in whole minutes, such as '1:00:00/0:01:00', got '${value.slice(0, 80)}'`,
    );
  }
  return { kind: 'sliding', lengthMs, stepMs };
}

function parseCount(value: string): number {
  const count = Number(value.trim());
  if (/^\d+$/.test(value.trim()) && count >= 1 && count <= MAX_SELECTION) return count;
  throw new Error(`expected a number of actions, 1 to ${MAX_SELECTION}, got '${value.slice(0, 80)}'`);
}

/** h:mm:ss in ms; NaN for another text. */
function readDuration(text: string): number {
  const found = /^(\d{1,3}):(\d{2}):(\d{2})$/.exec(text);
  if (found === null || Number(found[3]) > 59) return Number.NaN;
  return minutesOf(found[1], found[2]) * MINUTE_MS + Number(found[3]) * 1000;
}

function minutesOf(hours = '', minutes = ''): number {
  return Number(minutes) > 59 ? Number.NaN : Number(hours) * 60 + Number(minutes);
}

/** The beginning of the profile's time. Of a growing profile, days begin at midnight in `zone`. */
export function beginningOf(
  profile: Extract<TimeProfile, { readonly kind: 'growing' | 'sliding' }>,
  now: number,
  zone: string,
): number {
  if (profile.kind === 'sliding') {
    const end = (Math.floor(now / profile.stepMs) + 1) * profile.stepMs;
    return end - profile.lengthMs;
  }
  const today = Math.floor((now + offsetAt(zone, now)) / DAY_MS) * DAY_MS;
  const instants = [today - DAY_MS, today].flatMap((day) =>
    profile.resets.map((reset) => ({ ...reset, instant: instantOf(zone, day + reset.at) })),
  );
  // The two days have at least one of the resets before now.
  const { instant, everyMs } = instants.findLast((reset) => reset.instant <= now)!;
  return everyMs === undefined ? instant : instant + Math.floor((now - instant) / everyMs) * everyMs;
}

/** Seconds from (included) to (included), as `TimeRanges` of Stat Server. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `0-20`: seconds. Throws Error. */
export function parseTimeRange(value: string): TimeRange {
  const found = /^\s*(\d{1,7})\s*-\s*(\d{1,7})\s*$/.exec(value);
  const [fromMs, toMs] = [Number(found?.[1]) * 1000, Number(found?.[2]) * 1000];
  if (found !== null && fromMs <= toMs) return { fromMs, toMs };
  throw new Error(`expected seconds as '0-20', got '${value.slice(0, 80)}'`);
}

export function isWithin(ms: number, { fromMs, toMs }: TimeRange): boolean {
  return ms >= fromMs && ms <= toMs;
}
