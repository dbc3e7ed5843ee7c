export { CHAT_DESCRIPTION } from './description.ts';
export { pushMessage } from './pushMessage.ts';
export { registerChatRoutes } from './routes.ts';
