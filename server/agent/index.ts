export { registerAgentRoutes } from './routes.ts';
