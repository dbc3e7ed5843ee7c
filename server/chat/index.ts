export { CHAT_DESCRIPTION } from './description.ts';
export { pushMessage, type TranscriptStyle } from './pushMessage.ts';
export { registerChatRoutes } from './routes.ts';
