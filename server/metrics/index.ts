export { METRICS_DESCRIPTION } from './description.ts';
export { Instruments } from './instruments.ts';
export { registerMetricsRoutes } from './routes.ts';
export { type CellFigures, Scraper } from './scraper.ts';
