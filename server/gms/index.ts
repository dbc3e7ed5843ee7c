export { DEFAULT_FILTER_KEYS, DEFAULT_RETURNED_KEYS } from './callback.wire.ts';
export { GMS_DESCRIPTIONS } from './descriptions.ts';
export { registerGmsRoutes } from './routes.ts';
export { storageFileUrl } from './storageRoutes.ts';
