export { registerFileRoutes, takesFiles } from './routes.ts';
