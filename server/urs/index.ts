export { createAskSession } from './askSession.ts';
export { registerUrsRoutes } from './routes.ts';
