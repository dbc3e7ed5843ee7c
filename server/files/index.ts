export { FILES_DESCRIPTION } from './description.ts';
export { registerFileRoutes, takesFiles } from './routes.ts';
