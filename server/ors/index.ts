export { ORS_DESCRIPTION, SESSION_VIEW } from './description.ts';
export { registerFetchModule } from './fetchModule.ts';
export { registerOrsRoutes } from './routes.ts';
export { negativeResponse, queryReply } from './wire.ts';
