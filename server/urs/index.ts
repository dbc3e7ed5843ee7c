export { createAskSession } from './askSession.ts';
export { queueStatistic, registerUrsRoutes } from './routes.ts';
