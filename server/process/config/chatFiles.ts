import { z } from 'zod';
import { CLIENT_FILE_OPTIONS, type ClientFileOptions } from '../../../strategies/files/index.ts';

const count = z.number().int().min(0);
const EXTENSION = /^[a-z0-9]{1,16}$/;

/**
 * The rights of customers with files, by the names of Chat Server's section client-file-transfer. The
 * greatest size of a file is limits.files.fileBytes.
 */
export const chatFilesSchema = z
  .strictObject({
    'upload-max-files': count.max(1_000).default(CLIENT_FILE_OPTIONS.uploadMaxFiles),
    'upload-max-file-size': count.default(CLIENT_FILE_OPTIONS.uploadMaxFileSize),
    'upload-max-total-size': count.default(CLIENT_FILE_OPTIONS.uploadMaxTotalSize),
    'upload-need-agent': z.boolean().default(CLIENT_FILE_OPTIONS.uploadNeedAgent),
    /** Extensions of names, with colons between them. */
    'upload-file-types': z
      .string()
      .default(CLIENT_FILE_OPTIONS.uploadFileTypes.join(':'))
      .superRefine((types, context) => {
        for (const type of typesIn(types).filter((one) => !EXTENSION.test(one))) {
          const message = `expected extensions without a dot, with colons between them, got '${type}'`;
          context.addIssue({ code: 'custom', message });
        }
      }),
    'download-attempts': count.default(CLIENT_FILE_OPTIONS.downloadAttempts),
    /** odd: a file that the customer deletes no longer counts for their limits. none: it does. */
    'delete-file': z.enum(['odd', 'none']).default(CLIENT_FILE_OPTIONS.deleteFile),
  })
  .prefault({});

export function clientFileOptions(files: z.infer<typeof chatFilesSchema>): ClientFileOptions {
  return {
    uploadMaxFiles: files['upload-max-files'],
    uploadMaxFileSize: files['upload-max-file-size'],
    uploadMaxTotalSize: files['upload-max-total-size'],
    uploadNeedAgent: files['upload-need-agent'],
    uploadFileTypes: typesIn(files['upload-file-types']),
    downloadAttempts: files['download-attempts'],
    deleteFile: files['delete-file'],
  };
}

function typesIn(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(':')
    .map((type) => type.trim())
    .filter((type) => type !== '');
}
