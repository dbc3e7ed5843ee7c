export { registerUrsRoutes } from './routes.ts';
