export { PUSH_DESCRIPTION } from './description.ts';
export { createPostEvent } from './postEvent.ts';
export { registerPushRoutes } from './routes.ts';
