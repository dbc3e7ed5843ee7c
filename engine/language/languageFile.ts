import { dataIn, namesIn, type Occurrence } from './occurrences.ts';
import { type ScannedFile, scanXml } from './scanXml.ts';

/** Characters of a file that is read for an editor. A larger one has no names, and is not checked. */
export const MAX_EDITED_CHARS = 4 * 1024 * 1024;

/** One version of a file, with the names in it. */
export class LanguageFile {
  readonly url: string;
  readonly text: string;
  readonly isTooLarge: boolean;
  readonly scanned: ScannedFile;
  #names: readonly Occurrence[] | undefined;
  #data: readonly Occurrence[] | undefined;

  constructor(url: string, text: string) {
    this.url = url;
    this.text = text;
    this.isTooLarge = text.length > MAX_EDITED_CHARS;
    this.scanned = scanXml(url, this.isTooLarge ? '' : text);
  }

  /** States and events. */
  get names(): readonly Occurrence[] {
    this.#names ??= namesIn(this.scanned);
    return this.#names;
  }

  /** Ids of <data>, and all names in code. */
  get data(): readonly Occurrence[] {
    this.#data ??= dataIn(this.scanned);
    return this.#data;
  }

  /** False for a file that only others include. */
  get isDocument(): boolean {
    return this.scanned.roots[0]?.local === 'scxml';
  }
}

/** A part of a file, as offsets of its text. */
export interface Place {
  readonly file: LanguageFile;
  readonly start: number;
  readonly end: number;
}
