import { XmlFile } from '../interpreter/index.ts';
import { dataIn, dataInScript, namesIn, type Occurrence } from './occurrences.ts';
import { type ScannedFile, scanXml } from './scanXml.ts';

/** Characters of a file that is read for an editor. A larger one has no names, and is not checked. */
export const MAX_EDITED_CHARS = 4 * 1024 * 1024;

/** One version of a file, with the names in it. */
export class LanguageFile {
  readonly url: string;
  readonly text: string;
  readonly isTooLarge: boolean;
  /** It is code, which a document includes. */
  readonly isScript: boolean;
  readonly scanned: ScannedFile;
  #names: readonly Occurrence[] | undefined;
  #data: readonly Occurrence[] | undefined;

  constructor(url: string, text: string) {
    this.url = url;
    this.text = text;
    this.isTooLarge = text.length > MAX_EDITED_CHARS;
    this.isScript = isScriptUrl(url);
    const read = this.isTooLarge ? '' : text;
    this.scanned = this.isScript ? { file: new XmlFile(url, read), roots: [] } : scanXml(url, read);
  }

  /** States and events. */
  get names(): readonly Occurrence[] {
    this.#names ??= namesIn(this.scanned);
    return this.#names;
  }

  /** Ids of <data>, names that scripts declare, and all names in code. */
  get data(): readonly Occurrence[] {
    this.#data ??= this.isScript ? dataInScript(this.scanned.file.text) : dataIn(this.scanned);
    return this.#data;
  }

  /** False for a file that only others include. */
  get isDocument(): boolean {
    return this.scanned.roots[0]?.local === 'scxml';
  }
}

/** True for a URL of a file with code. */
export function isScriptUrl(url: string): boolean {
  return /\.[cm]?js$/i.test(url.replace(/[?#].*$/, ''));
}

/** A part of a file, as offsets of its text. */
export interface Place {
  readonly file: LanguageFile;
  readonly start: number;
  readonly end: number;
}
