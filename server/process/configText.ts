import { WireError } from '../errors/index.ts';

/**
 * The text of the configuration: config.json of a data directory, or the newest version in a cell. People
 * change it too, so it is read again for each change.
 */
export interface ConfigText {
  /** For messages: a path, or words that name it. */
  readonly place: string;
  /** Paths of files that the configuration names are relative to it. */
  readonly folder: string;
  /** The present text; '' when there is none. */
  read(): Promise<PresentText>;
  /** Differs after each change. */
  state(): Promise<string>;
}

/** The text as it was read. */
export interface PresentText {
  readonly text: string;
  /**
   * Replaces the text, if it is still as it was read. The new one is durable when this resolves. Rejects with
   * WireError PRECONDITION_FAILED or UNAVAILABLE, or with StoreError.
   */
  replace(text: string): Promise<void>;
}

/** `part`: names from the outermost object of the configuration; empty: all of it. */
export function changedMeanwhile(place: string, part: readonly string[] = []): WireError {
  const what = part.length === 0 ? '' : ` '${part.join('.')}' in`;
  return new WireError('PRECONDITION_FAILED', {
    message: `Somebody changed${what} ${place} since the server read it. Expected If-Match with the ETag of what is there now, which a GET returns.`,
  });
}
