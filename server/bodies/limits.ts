/**
 * Limits of one request. Beyond MAX_JSON_DEPTH it gets 400, beyond the others 413. The error names the limit.
 */
export const BODY_LIMITS = {
  /** Bytes of a JSON, form or text body, and of all fields of a multipart body together. */
  MAX_FIELD_BYTES: 1024 * 1024,
  /**
   * Levels of arrays and objects of a JSON body. Sessions accept more (MAX_DATA_DEPTH), because levels are
   * added around it.
   */
  MAX_JSON_DEPTH: 400,
  /** Fields of a form, and field parts of a multipart body. */
  MAX_FIELDS: 1000,
  /** File parts of a multipart body that go to the disk: an upload is one file. */
  MAX_STAGED_FILES: 1,
  /** File parts of a multipart body. */
  MAX_FILES: 20,
  /** Bytes of all files of a multipart body together. */
  MAX_FILE_BYTES: 16 * 1024 * 1024,
  /** Bytes of a body of any other type, for example the zip archive of a template. */
  MAX_RAW_BYTES: 32 * 1024 * 1024,
} as const;
