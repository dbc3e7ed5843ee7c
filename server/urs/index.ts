export { createAskSession } from './askSession.ts';
export { URS_DESCRIPTION } from './description.ts';
export { queueStatistic, registerUrsRoutes } from './routes.ts';
