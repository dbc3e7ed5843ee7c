import { DocumentError, type Problem, parseDocument } from '../interpreter/index.ts';
import type { FetchText } from '../ports/index.ts';
import { elementAt } from './findElements.ts';
import { type LanguageFile, MAX_EDITED_CHARS, type Place } from './languageFile.ts';
import type { ScannedAttribute } from './scanXml.ts';

/** A problem of `orsay check`, before its file is read. */
export interface CheckOutcome {
  readonly problems: readonly Problem[];
  /** URLs of the files that were read, the document first. */
  readonly files: readonly string[];
}

/** Checks a document as `orsay check` does. Never rejects for a fault of the document. */
export async function checkFile(file: LanguageFile, fetchText: FetchText): Promise<CheckOutcome> {
  const { url, text } = file;
  if (file.isTooLarge) return { problems: [tooLarge(file)], files: [url] };
  try {
    const { warnings, sources } = await parseDocument(text, {
      baseUrl: new URL(url),
      fetchText,
      checkInvoked: true,
    });
    return { problems: warnings, files: sources.map((source) => source.url) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { problems: error.problems, files: error.files.length > 0 ? error.files : [url] };
  }
}

function tooLarge({ url, text }: LanguageFile): Problem {
  const message = `Expected at most ${MAX_EDITED_CHARS} characters (MAX_EDITED_CHARS), got ${text.length}: the file is not checked while it is edited.`;
  return { code: 'DOCUMENT_TOO_LARGE', message, file: url, line: 1, column: 1, severity: 'warning' };
}

/** The part of the text that a problem is about. The check gives only its first character. */
export function placeOf({ line, column, message }: Problem, file: LanguageFile): Place {
  const { scanned, text } = file;
  const start = Math.min(scanned.file.offsetOf({ line, column }), text.length);
  const element = elementAt(scanned, start + 1);
  if (element === undefined) return { file, ...wordAt(text, start) };
  if (element.offset === start) return { file, start, end: start + 1 + element.name.length };
  const attribute = element.attributes.find(
    ({ offset, valueStart, raw }) => offset <= start && start <= valueStart + raw.length,
  );
  return { file, ...(attribute ? inAttribute(attribute, start, message) : wordAt(text, start)) };
}

type Range = Omit<Place, 'file'>;

function inAttribute(attribute: ScannedAttribute, start: number, message: string): Range {
  const { offset, name, raw, valueStart } = attribute;
  const end = valueStart + raw.length;
  if (start >= end) return { start: offset, end: end + 1 };
  if (start > offset) return { start, end: Math.min(wordAt(raw, start - valueStart).end + valueStart, end) };
  // The word of the value that the message quotes, or the attribute.
  for (const { 0: word, index } of raw.matchAll(/\S+/g)) {
    if (!message.includes(`'${word}'`)) continue;
    return { start: valueStart + index, end: valueStart + index + word.length };
  }
  const isOfName = raw === '' || message.includes(`'${name}'`);
  return isOfName ? { start: offset, end: end + 1 } : { start: valueStart, end };
}

/** From an offset to the end of its word, at least one character where there is one. */
function wordAt(text: string, start: number): Range {
  const word = /[^\s<>"']+/y;
  word.lastIndex = start;
  const length = word.exec(text)?.[0].length ?? 0;
  return { start, end: Math.min(start + Math.max(length, 1), Math.max(text.length, start)) };
}
