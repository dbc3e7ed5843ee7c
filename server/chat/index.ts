export { pushMessage } from './pushMessage.ts';
export { registerChatRoutes } from './routes.ts';
