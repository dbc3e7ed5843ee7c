export {
  type ArrivalLimits,
  type ArrivingFile,
  ArrivingFiles,
} from './arrivingFiles.ts';
export { ChatFiles, type ClientFileState } from './chatFiles.ts';
export { FileError, type FileErrorCode } from './errors.ts';
export { CLIENT_FILE_OPTIONS, type ClientFileOptions, FILE_LIMITS } from './fileLimits.ts';
export { type ChatFile, type FileId, type FileParty, readFileId } from './fileRecord.ts';
export { Uploads } from './uploads.ts';
