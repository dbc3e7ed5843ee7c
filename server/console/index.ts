export { CONSOLE_DESCRIPTION } from './description.ts';
export { registerConsoleRoutes } from './routes.ts';
