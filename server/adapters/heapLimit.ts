import { getHeapStatistics } from 'node:v8';
import type { HeapLimit } from '../../engine/host/index.ts';

/** Part of the heap that V8 may use; above it idle sessions leave memory. */
const DEFAULT_PART = 0.6;

/** The heap of this process. `megabytes` undefined: DEFAULT_PART of the memory that V8 may use. */
export function heapLimit(megabytes: number | undefined): HeapLimit {
  return {
    maxBytes:
      megabytes === undefined ? getHeapStatistics().heap_size_limit * DEFAULT_PART : megabytes * 1024 * 1024,
    usedBytes: () => getHeapStatistics().used_heap_size,
  };
}
