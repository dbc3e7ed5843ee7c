import { filetypeinfo } from 'magic-bytes.js';
import { FileError } from './errors.ts';

/** The type of a file by the extension of its name. `text`: it has no signature, and is text. */
const TYPES: Readonly<Record<string, { readonly mime: string; readonly kind: 'signed' | 'text' }>> = {
  ...signed({
    bmp: 'image/bmp',
    doc: 'application/msword',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    gif: 'image/gif',
    jpg: 'image/jpeg',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    odp: 'application/vnd.oasis.opendocument.presentation',
    ods: 'application/vnd.oasis.opendocument.spreadsheet',
    odt: 'application/vnd.oasis.opendocument.text',
    pdf: 'application/pdf',
    png: 'image/png',
    ppt: 'application/vnd.ms-powerpoint',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    rtf: 'application/rtf',
    tif: 'image/tiff',
    webp: 'image/webp',
    xls: 'application/vnd.ms-excel',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    zip: 'application/zip',
  }),
  ...text({
    csv: 'text/csv',
    htm: 'text/html',
    json: 'application/json',
    log: 'text/plain',
    md: 'text/markdown',
    svg: 'image/svg+xml',
    txt: 'text/plain',
    xml: 'application/xml',
  }),
};

/** Extensions with the same meaning. */
const ALIASES: Readonly<Record<string, string>> = {
  apng: 'png',
  html: 'htm',
  jpe: 'jpg',
  jpeg: 'jpg',
  markdown: 'md',
  text: 'txt',
  tiff: 'tif',
};

const UNKNOWN = 'application/octet-stream';

export interface FileType {
  /** As in the name, in lower case; '' without one. */
  readonly extension: string;
  /** The media type with which the file is served. */
  readonly contentType: string;
}

/**
 * The type of a file, by the extension of its name and its first bytes. The type that the sender gave for the
 * content does not count. Throws FileError FILE_TYPE when the bytes are of another type than the name says,
 * or the extension is not one of `allowed` (undefined: every extension is). Archives are not opened.
 */
export function fileTypeOf(name: string, head: Uint8Array, allowed: readonly string[] | undefined): FileType {
  const extension = /\.([^.]{1,16})$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const wanted = normal(extension);
  if (allowed !== undefined && !allowed.some((one) => normal(one) === wanted)) {
    const got = extension === '' ? 'a name without an extension' : `'${extension}'`;
    throw new FileError(
      'FILE_TYPE',
      `Expected a file of one of the types ${allowed.join(', ')}, got ${got}.`,
    );
  }
  const found = typesIn(head);
  const known = Object.hasOwn(TYPES, wanted) ? TYPES[wanted] : undefined;
  if (found.includes(wanted)) return { extension, contentType: known?.mime ?? UNKNOWN };
  if (known?.kind === 'text' && isText(head)) return { extension, contentType: known.mime };
  // The signature of a type that is not in the table may be that of a part of another format.
  const isOther = extension !== '' && found.some((type) => Object.hasOwn(TYPES, type));
  if (known === undefined && !isOther) return { extension, contentType: UNKNOWN };
  const got = found[0] === undefined ? 'other content' : `content of type '${found[0]}'`;
  throw new FileError(
    'FILE_TYPE',
    `Expected content of the type '${extension}' that '${name}' says, got ${got}.`,
  );
}

/** The types whose signature the bytes have, by their extensions. */
function typesIn(head: Uint8Array): readonly string[] {
  const found = filetypeinfo(head).map(({ extension, typename }) =>
    normal((extension ?? typename).toLowerCase().replace(/^\./, '')),
  );
  return [...new Set(found)];
}

function normal(extension: string): string {
  const lower = extension.toLowerCase();
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : lower;
}

/** UTF-8, UTF-16 with its mark, or an older encoding of one byte, without control characters. */
function isText(head: Uint8Array): boolean {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return isUtf16 || head.every((byte) => byte >= 0x20 || (byte >= 0x08 && byte <= 0x0d) || byte === 0x1b);
}

type Table = Readonly<Record<string, { readonly mime: string; readonly kind: 'signed' | 'text' }>>;

function signed(types: Readonly<Record<string, string>>): Table {
  return Object.fromEntries(Object.entries(types).map(([name, mime]) => [name, { mime, kind: 'signed' }]));
}

function text(types: Readonly<Record<string, string>>): Table {
  return Object.fromEntries(Object.entries(types).map(([name, mime]) => [name, { mime, kind: 'text' }]));
}
