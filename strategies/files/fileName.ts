/** Characters of the name of a file. */
const MAX_NAME_LENGTH = 255;
/** Letters of an extension that a cut name keeps. */
const MAX_EXTENSION_LENGTH = 17;

/**
 * The name of a file for people, made of the name that a client sent: without folders, control characters,
 * and marks that change the direction of text and so hide an extension. It is never a path.
 */
export function shownName(sent: string): string {
  const last = sent.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .toWellFormed()
    .trim()
    .replace(/^\.+|[. ]+$/g, '');
  if (clean === '') return 'file';
  if (clean.length <= MAX_NAME_LENGTH) return clean;
  const extension = new RegExp(`\\.[^.]{1,${MAX_EXTENSION_LENGTH}}$`).exec(clean)?.[0] ?? '';
  return `${clean.slice(0, MAX_NAME_LENGTH - extension.length).toWellFormed()}${extension}`;
}
