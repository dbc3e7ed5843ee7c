import type Router from '@koa/router';
import type { Scraper } from './scraper.ts';

/** The metrics of the server, in the text format of Prometheus. */
export function registerMetricsRoutes(router: Router, { scraper }: { readonly scraper: Scraper }): void {
  router.get('/metrics', async (ctx) => {
    ctx.body = await scraper.scrape();
    ctx.set('Content-Type', scraper.contentType);
  });
}
