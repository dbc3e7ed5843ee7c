export { type FileBlobs, openFileBlobs } from './fileBlobs.ts';
