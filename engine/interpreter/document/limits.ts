/** What one document may cost to load. Each limit is named in the problem that reports it. */
export const DOCUMENT_LIMITS = {
  /** Elements inside elements, includes counted in. */
  MAX_DEPTH: 1_000,
  /** Characters of one file. */
  MAX_DOCUMENT_SIZE: 16 * 1024 * 1024,
  /** Elements of the document with everything that it includes. */
  MAX_ELEMENTS: 500_000,
  /** Characters of all files of the document together. */
  MAX_TOTAL_SIZE: 64 * 1024 * 1024,
  /** Includes performed, repeated ones counted again. */
  MAX_INCLUDES: 1_000,
  /** Includes inside includes. */
  MAX_INCLUDE_DEPTH: 16,
  /** Problems that are reported; after that many the rest is cut off. */
  MAX_PROBLEMS: 1_000,
} as const;
