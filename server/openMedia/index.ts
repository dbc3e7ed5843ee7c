export { OPEN_MEDIA_DESCRIPTION } from './description.ts';
export {
  EMAIL_MEDIUM,
  OPEN_MEDIA_KINDS,
  type OpenMediaKind,
  type OpenMediaService,
} from './openMediaService.ts';
export { EXTERNAL_ID_PROPERTY, OpenMediaOperations } from './operations.ts';
export { registerOpenMediaRoutes, takesMailFiles } from './routes.ts';
