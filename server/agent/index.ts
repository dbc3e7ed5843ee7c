export { AGENT_DESCRIPTION } from './description.ts';
export type { DesktopSettings } from './desktopSettings.ts';
export { takesAgentFiles } from './fileRoutes.ts';
export { registerAgentRoutes } from './routes.ts';
export { agentSettingsSchema } from './wire.ts';
