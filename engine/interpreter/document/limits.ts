/** Limits of loading one document. The problem that reports a limit names it. */
export const DOCUMENT_LIMITS = {
  /** Depth of elements inside each other, with includes. */
  MAX_DEPTH: 1_000,
  /** Characters of one file. */
  MAX_DOCUMENT_SIZE: 16 * 1024 * 1024,
  /** Elements of the document and of everything that it includes. */
  MAX_ELEMENTS: 500_000,
  /** States, with the document itself. The server keeps their ids, and checks answers against them. */
  MAX_STATES: 25_000,
  /** Characters of all files of the document together. */
  MAX_TOTAL_SIZE: 64 * 1024 * 1024,
  /** Includes performed; each repetition counts. */
  MAX_INCLUDES: 1_000,
  /** Includes inside includes. */
  MAX_INCLUDE_DEPTH: 16,
  /** Problems that are reported; the others are left out. */
  MAX_PROBLEMS: 1_000,
} as const;
