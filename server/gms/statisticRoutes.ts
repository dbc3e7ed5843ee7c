import type Router from '@koa/router';
import type { Context } from 'koa';
import { nextMacrotask } from '../../engine/ports/index.ts';
import { StatisticError, type Statistics } from '../../strategies/statistics/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { readMaxAge, readPeek, readPeeks } from './statistics.wire.ts';

export interface StatisticRouteDeps {
  readonly statistics: Pick<Statistics, 'peek'>;
}

/** Stat Server API. Its requests read, although they are POST. gms-8.5.2 2. */
export function registerStatisticRoutes(router: Router, { statistics }: StatisticRouteDeps): void {
  const peek = async (ctx: Context): Promise<void> => {
    const maxAge = readMaxAge(ctx.get('cache-control'));
    const { value, ageMs } = await statistics.peek(readPeek(ctx.state.form), maxAge);
    ctx.set('Age', String(Math.floor(ageMs / 1000)));
    replyJson(ctx, { value });
  };
  router.post('/genesys/1/statistic', peek);
  router.post('/genesys/1/internal_statistic', peek);

  router.post('/genesys/1/statistics', async (ctx) => {
    const maxAge = readMaxAge(ctx.get('cache-control'));
    const values: Record<string, number> = {};
    for (const [name, request] of readPeeks(ctx.state.form)) {
      values[name] = (await statistics.peek(request, maxAge).catch(asUnknown)).value;
      // One may read every agent: other work goes on.
      await nextMacrotask();
    }
    replyJson(ctx, values);
  });
}

/** The reference has 404 for several statistics, and 403 for one. */
function asUnknown(error: unknown): never {
  if (!(error instanceof StatisticError) || error.code !== 'STATISTIC_INVALID') throw error;
  throw new WireError('STATISTIC_UNKNOWN', { message: error.message });
}
