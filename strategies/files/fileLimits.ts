/** How much files of chats may use. The names are those of the configuration. */
export interface FileLimits {
  /** Bytes of one file of any party. */
  readonly fileBytes: number;
  /** Files of one chat, of all parties. */
  readonly filesOfChat: number;
  readonly bytesOfChat: number;
  /** Files of one account, which is a user, or an address without a user. */
  readonly filesOfUser: number;
  readonly bytesOfUser: number;
  /** Files in all. */
  readonly files: number;
  readonly bytes: number;
  /** Uploads that are under way at one time. */
  readonly uploads: number;
  readonly uploadsOfAddress: number;
}

export const FILE_LIMITS: FileLimits = {
  fileBytes: 16 * 1024 ** 2,
  filesOfChat: 100,
  bytesOfChat: 64 * 1024 ** 2,
  filesOfUser: 1_000,
  bytesOfUser: 256 * 1024 ** 2,
  files: 1_000_000,
  bytes: 16 * 1024 ** 3,
  uploads: 256,
  uploadsOfAddress: 16,
};

/** The limits of the customer of a chat, by the names of Chat Server's section client-file-transfer. */
export interface ClientFileOptions {
  /** Files that the customer may upload in one chat. */
  readonly uploadMaxFiles: number;
  readonly uploadMaxFileSize: number;
  /** Bytes of all files that the customer uploads in one chat. */
  readonly uploadMaxTotalSize: number;
  /** Whether an agent must have accepted the chat. */
  readonly uploadNeedAgent: boolean;
  /** Extensions without a dot, in lower case. */
  readonly uploadFileTypes: readonly string[];
  /** Times that the customer may download one file. */
  readonly downloadAttempts: number;
  /** `odd`: a file that the customer deletes no longer counts. `none`: it does. */
  readonly deleteFile: 'odd' | 'none';
}

export const CLIENT_FILE_OPTIONS: ClientFileOptions = {
  uploadMaxFiles: 3,
  uploadMaxFileSize: 2_097_152,
  uploadMaxTotalSize: 5_242_880,
  uploadNeedAgent: true,
  uploadFileTypes: 'bmp:csv:doc:docx:gif:htm:jpg:pdf:png:ppt:pptx:tif:txt:xls:xlsx'.split(':'),
  downloadAttempts: 10,
  deleteFile: 'odd',
};
