/** What one template may hold. Beyond any of them it is refused, naming the limit. */
export const TEMPLATE_LIMITS = {
  MAX_ENTRIES: 2000,
  MAX_FILE_BYTES: 16 * 1024 * 1024,
  MAX_TOTAL_BYTES: 64 * 1024 * 1024,
  /** Unpacked against packed size, for files of more than a megabyte: no document packs better. */
  MAX_RATIO: 200,
  MAX_PATH_LENGTH: 300,
} as const;
