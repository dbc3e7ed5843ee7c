export { sumText, UNFINISHED } from './blobNames.ts';
export { type FileBlobs, openFileBlobs } from './fileBlobs.ts';
