export { OPEN_API_DESCRIPTION } from './openApiDescription.ts';
export type { ApiDescription, Example, Fields, Operation, Reply } from './operation.ts';
export { registerOpenApiRoutes } from './routes.ts';
export {
  ANY_FIELDS,
  ANY_JSON,
  bytesOf,
  FORM_TEXT,
  INSTANT,
  NO_BODY,
  NOTHING,
  replyOf,
  textReply,
} from './schemas.ts';
