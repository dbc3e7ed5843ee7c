export { registerGmsRoutes } from './routes.ts';
export { storageFileUrl } from './storageRoutes.ts';
