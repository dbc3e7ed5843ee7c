export { DEBUG_DESCRIPTION } from './description.ts';
export { DEBUG_LIMITS } from './liveDebuggers.ts';
export { registerDebugRoutes } from './routes.ts';
