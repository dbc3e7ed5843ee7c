export { registerGmsRoutes } from './routes.ts';
