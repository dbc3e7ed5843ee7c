export { AGENT_DESCRIPTION } from './description.ts';
export type { DesktopSettings } from './desktopSettings.ts';
export { registerAgentRoutes } from './routes.ts';
