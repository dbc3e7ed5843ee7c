export { openFileBlobs } from './fileBlobs.ts';
