import { getHeapStatistics } from 'node:v8';
import type { HeapLimit } from '../../engine/host/index.ts';

/** Of the memory that V8 may use, what sessions may fill before idle ones leave it. */
const DEFAULT_PART = 0.6;

/** The heap of this process; `megabytes` absent: a part of what V8 may use. */
export function heapLimit(megabytes: number | undefined): HeapLimit {
  return {
    maxBytes:
      megabytes === undefined ? getHeapStatistics().heap_size_limit * DEFAULT_PART : megabytes * 1024 * 1024,
    usedBytes: () => getHeapStatistics().used_heap_size,
  };
}
