export { OPEN_API_DESCRIPTION } from './openApiDescription.ts';
export type { ApiDescription, Example, Operation } from './operation.ts';
export { registerOpenApiRoutes } from './routes.ts';
export {
  ANY_FIELDS,
  ANY_JSON,
  bytesOf,
  INSTANT,
  NOTHING,
  replyOf,
  textReply,
} from './schemas.ts';
