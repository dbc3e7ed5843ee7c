export { createPostEvent } from './postEvent.ts';
export { registerPushRoutes } from './routes.ts';
