export { registerAdminRoutes } from './routes.ts';
export { registerSessionAdminRoutes } from './sessionRoutes.ts';
