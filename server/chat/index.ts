export { registerChatRoutes } from './routes.ts';
