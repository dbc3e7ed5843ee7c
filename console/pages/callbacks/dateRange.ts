import { texts } from '../../texts/language.ts';

/** A part of time around now, in days of the reader or in hours. */
export const RANGES = ['today', 'last24', 'last7', 'last30', 'next24', 'next7', 'next30', 'custom'] as const;
export type RangeName = (typeof RANGES)[number];

export const rangeTexts: () => Readonly<Record<RangeName, string>> = texts({
  en: {
    today: 'Today',
    last24: 'Last 24 hours',
    last7: 'Last 7 days',
    last30: 'Last 30 days',
    next24: 'Next 24 hours',
    next7: 'Next 7 days',
    next30: 'Next 30 days',
    custom: 'From … to …',
  },
  de: {
    today: 'Heute',
    last24: 'Letzte 24 Stunden',
    last7: 'Letzte 7 Tage',
    last30: 'Letzte 30 Tage',
    next24: 'Nächste 24 Stunden',
    next7: 'Nächste 7 Tage',
    next30: 'Nächste 30 Tage',
    custom: 'Von … bis …',
  },
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFSETS: Readonly<Partial<Record<RangeName, readonly [from: number, to: number]>>> = {
  last24: [-DAY_MS, 0],
  last7: [-7 * DAY_MS, 0],
  last30: [-30 * DAY_MS, 0],
  next24: [0, DAY_MS],
  next7: [0, 7 * DAY_MS],
  next30: [0, 30 * DAY_MS],
};

export function rangeNamed(text: string): RangeName {
  return RANGES.find((name) => name === text) ?? 'today';
}

/**
 * The instants of a range in ISO 8601; '' for a custom one without a beginning or an end. `from` and `to`: as
 * fields `datetime-local` have them, on the clock of the reader.
 */
export function instantsOf(
  name: RangeName,
  { from, to, now }: { readonly from: string; readonly to: string; readonly now: number },
): { readonly from: string; readonly to: string } {
  if (name === 'custom') return { from: instantOf(from), to: instantOf(to) };
  if (name === 'today') {
    const begin = new Date(now);
    begin.setHours(0, 0, 0, 0);
    const end = new Date(begin);
    // A day of the reader has 23 or 25 hours twice a year.
    end.setDate(end.getDate() + 1);
    return { from: begin.toISOString(), to: new Date(end.getTime() - 1).toISOString() };
  }
  const [before, after] = OFFSETS[name]!;
  return { from: new Date(now + before).toISOString(), to: new Date(now + after).toISOString() };
}

function instantOf(local: string): string {
  const at = Date.parse(local);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}
