export { registerPushRoutes } from './routes.ts';
