export { MemoryBlobs } from './memoryBlobs.ts';
