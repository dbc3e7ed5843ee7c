import { z } from 'zod';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import type { StatisticRequest } from '../../strategies/statistics/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** Statistics of one request to /statistics. */
const MAX_STATISTICS = 100;
const DEFAULT_TENANT = 'Environment';
const MODES = ['NoNotification', 'Reset', 'Immediate'] as const;

const text = z.preprocess(
  (value) => (typeof value === 'object' && value !== null ? value : textOf(value as Json | undefined).trim()),
  z.string('expected a text, got a list or an object').max(255),
);
const needed = text.pipe(z.string().min(1, 'expected a text, got none'));
/** The name of a definition; '' is none. */
const name = text.transform((value) => value || undefined);

/** The fields of /statistic. */
export const peekSchema = z.object({
  objectId: needed,
  objectType: needed,
  tenant: text.transform((value) => value || DEFAULT_TENANT),
  metric: text,
  statisticType: text,
  notificationMode: text.pipe(z.enum(['', ...MODES], `expected ${MODES.join(', ')}`)),
  filter: name,
  timeProfile: name,
  timeRange: name,
  timeRange2: name,
});

/** Throws PARAMETER_INVALID with every problem. */
export function readPeek(form: Form): StatisticRequest {
  const parsed = peekSchema.safeParse(form);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new WireError('PARAMETER_INVALID', { message: problems.join('; '), details: { problems } });
  }
  const { metric, statisticType, notificationMode: _mode, ...request } = parsed.data;
  // 8.5.2 has both names.
  const { filter, timeProfile, timeRange, timeRange2, ...object } = request;
  const definitions = defined({ filter, timeProfile, timeRange, timeRange2 });
  if (metric || statisticType) return { metric: metric || statisticType, ...object, ...definitions };
  throw new WireError('PARAMETER_INVALID', { message: 'metric: expected the name of a statistic, got none' });
}

/** The fields of /statistics: each is `Metric;ObjectType;ObjectId;TenantName`. Throws PARAMETER_INVALID. */
export function readPeeks(form: Form): readonly (readonly [name: string, request: StatisticRequest])[] {
  const entries = Object.entries(form);
  if (entries.length === 0 || entries.length > MAX_STATISTICS) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected 1 to MAX_STATISTICS (${MAX_STATISTICS}) statistics, got ${entries.length}.`,
    });
  }
  return entries.map(([name, value]) => {
    const [metric = '', objectType = '', objectId = '', tenant = '', ...more] = textOf(value)
      .split(';')
      .map((part) => part.trim());
    if (metric === '' || objectType === '' || objectId === '' || more.length > 0) {
      throw new WireError('PARAMETER_INVALID', {
        message: `Expected ${name.slice(0, 80)} as 'Metric;ObjectType;ObjectId;TenantName', got '${textOf(value).slice(0, 80)}'.`,
      });
    }
    return [name, { metric, objectType, objectId, tenant: tenant || DEFAULT_TENANT }];
  });
}

/** `Cache-Control: max-age=<seconds>`, in ms. */
export function readMaxAge(header: string): number | undefined {
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(header)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
