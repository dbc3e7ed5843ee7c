import { type Fields, fields, list, text } from './entry.ts';
import { faultIn } from './lineV2.ts';
import type { Requests } from './requests.ts';

/** The limits of a customer's files. */
export interface FileLimits {
  /** Files that may still be sent. */
  readonly files: number;
  /** Bytes of one file. */
  readonly fileSize: number;
  /** Bytes that may still be sent. */
  readonly totalSize: number;
  /** Extensions without a point; empty: all. */
  readonly types: readonly string[];
}

const URL_OF_FILES = '/genesys/2/chat-ntf';

/** The files of a chat of Chat V2, by its key. */
export class ChatFiles {
  readonly #requests: Requests;
  readonly #secureKey: () => string | undefined;

  constructor(requests: Requests, secureKey: () => string | undefined) {
    this.#requests = requests;
    this.#secureKey = secureKey;
  }

  /** Rejects with Refused. */
  async limits(): Promise<FileLimits> {
    const reply = await this.#send({ operation: 'fileGetLimits' });
    const data = fields(fields(list(reply.messages)[0]).userData);
    const number = (name: string): number => Number(data[name]) || 0;
    return {
      files: Math.max(0, number('upload-max-files') - number('used-upload-max-files')),
      fileSize: number('upload-max-file-size'),
      totalSize: Math.max(0, number('upload-max-total-size') - number('used-upload-max-total-size')),
      types: text(data['upload-file-types'])
        .split(':')
        .filter((type) => type !== ''),
    };
  }

  /** `key`: makes a repetition safe. Rejects with Refused. */
  async upload(file: File, key: string): Promise<void> {
    const body = new FormData();
    body.set('operation', 'fileUpload');
    body.set('secureKey', this.#secureKey() ?? '');
    body.set('file', file, file.name);
    refuseFault(await this.#requests.send(URL_OF_FILES, {}, { body, key }));
  }

  /** Rejects with Refused. */
  async download(fileId: string): Promise<Blob> {
    const given = { operation: 'fileDownload', secureKey: this.#secureKey() ?? '', fileId };
    return (await this.#requests.raw(URL_OF_FILES, given, {})).blob();
  }

  async #send(given: Readonly<Record<string, string>>): Promise<Fields> {
    const reply = await this.#requests.send(URL_OF_FILES, { ...given, secureKey: this.#secureKey() ?? '' });
    refuseFault(reply);
    return reply;
  }
}

function refuseFault(reply: Fields): void {
  const fault = faultIn(reply);
  if (fault !== undefined) throw fault.refused;
}
