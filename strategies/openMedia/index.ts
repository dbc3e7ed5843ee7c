export { OpenMedia, type OpenMediaView } from './openMedia.ts';
export { MAX_MAIL_CHARS, type Mail, type OpenMediaRecord } from './openMediaRecord.ts';
