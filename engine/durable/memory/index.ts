export { createMemoryBlobs } from './memoryBlobs.ts';
