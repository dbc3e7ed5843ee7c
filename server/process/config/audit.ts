import { z } from 'zod';

const positive = z.number().int().positive();
const DAY_MS = 24 * 3_600_000;

/** The section `audit`: how much of the audit log is kept. */
export const auditSchema = z
  .strictObject({
    /** Entries, without refused logins. A new one replaces the oldest. */
    maxEntries: positive.default(100_000),
    maxAgeDays: positive.default(400),
  })
  .prefault({});

export function auditLimits({ maxEntries, maxAgeDays }: z.infer<typeof auditSchema>): {
  readonly maxEntries: number;
  readonly maxAgeMs: number;
} {
  return { maxEntries, maxAgeMs: maxAgeDays * DAY_MS };
}
