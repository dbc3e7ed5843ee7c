import type { Json } from '../../engine/ports/index.ts';

/** Query and body fields merged (the body wins), keys as sent: `apple.badge` stays one key. No prototype. */
export type Form = Record<string, Json>;

/** A file part of a multipart body, in memory. */
export interface UploadedFile {
  /** Name of the field. */
  readonly name: string;
  /** As the client sent it: never a path. */
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

declare module 'koa' {
  interface DefaultState {
    /** Set by parseBody for every request. */
    form: Form;
    /** The query string alone. */
    query: Form;
    files: readonly UploadedFile[];
    /** The body as it came; absent for multipart and when there was none. */
    rawBody?: Uint8Array;
    /** The value of a JSON body, also when it is an array. */
    json?: Json;
    /** Ids of what the request made, for its line in the log. */
    ids?: Readonly<Record<string, string>>;
  }
}
