export type { DesktopSettings } from './desktopSettings.ts';
export { registerAgentRoutes } from './routes.ts';
