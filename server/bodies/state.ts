import type { BlobDraft } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/**
 * The fields of query and body; the body has precedence. Keys are unchanged: `apple.badge` is one key. No
 * prototype.
 */
export type Form = Record<string, Json>;

/** A file part of a multipart body, in memory. */
export interface UploadedFile {
  /** Name of the field. */
  readonly name: string;
  /** As the client sent it. Never use it as a path. */
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A file part of a multipart body, on the disk. It is removed after the request, unless it was finished. */
export interface UploadDraft extends Omit<UploadedFile, 'bytes'> {
  readonly draft: BlobDraft;
  /** The first bytes, at most some thousand. */
  readonly head: Uint8Array;
}

declare module 'koa' {
  interface DefaultState {
    /** Set by parseBody for every request. */
    form: Form;
    /** The query string alone. */
    query: Form;
    files: readonly UploadedFile[];
    /** The files of a path of `stageOf`, instead of `files`. */
    drafts?: readonly UploadDraft[];
    /** The unchanged body; undefined for multipart and without a body. */
    rawBody?: Uint8Array;
    /** The value of a JSON body. */
    json?: Json;
    /** True when a handler reads records after its own commit; durableReplies then waits for them. */
    readsAfterCommit?: boolean;
    /** Ids of the things that the request created, for the log. */
    ids?: Readonly<Record<string, string>>;
  }
}
