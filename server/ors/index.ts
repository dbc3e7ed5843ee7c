export { ORS_DESCRIPTION } from './description.ts';
export { registerFetchModule } from './fetchModule.ts';
export { registerOrsRoutes } from './routes.ts';
export { negativeResponse, queryReply } from './wire.ts';
