import type { Context, Middleware } from 'koa';
import { HttpMethodEnum, koaBody } from 'koa-body';
import { WireError } from '../errors/index.ts';
import type { BodyCount } from './bodyBudget.ts';
import { type FileSink, MemorySink, type ParsedFile, type StagedSink } from './fileSink.ts';
import { BODY_LIMITS } from './limits.ts';
import { addField, emptyForm } from './parseForm.ts';
import { readCounted } from './readCounted.ts';
import type { Form, UploadDraft, UploadedFile } from './state.ts';

/** Replacements of names that formidable would lose or misread. NUL does not occur in real names. */
const UNNAMED = '\u0000unnamed';
const PROTO = '\u0000__proto__';

type Part = Parameters<
  NonNullable<NonNullable<Parameters<typeof koaBody>[0]>['formidable']>['onPart'] & {}
>[0];

/**
 * Parses multipart/form-data, with files in memory: formidable would never delete them from the temporary
 * directory. A part without a file name is a field, whatever its content type is, because Java clients send a
 * type with every part.
 */
export async function parseMultipart(
  ctx: Context,
  body: BodyCount,
): Promise<{ readonly form: Form; readonly files: readonly UploadedFile[] }> {
  const sink = new MemorySink();
  try {
    const { form, files } = await readParts(ctx, body, sink);
    return { form, files: files.map(({ name, file }) => sink.fileOf(name, file)) };
  } finally {
    sink.free();
  }
}

/** As parseMultipart, with files on the disk. Call `sink.discard` in any case. */
export async function parseStaged(
  ctx: Context,
  body: BodyCount,
  sink: StagedSink,
): Promise<{ readonly form: Form; readonly drafts: readonly UploadDraft[] }> {
  try {
    const { form, files } = await readParts(ctx, body, sink);
    return { form, drafts: files.map(({ name, file }) => sink.draftOf(name, file)) };
  } catch (error) {
    throw sink.fault ?? error;
  }
}

interface NamedFile {
  readonly name: string;
  readonly file: ParsedFile;
}

async function readParts(
  ctx: Context,
  body: BodyCount,
  sink: FileSink,
): Promise<{ readonly form: Form; readonly files: readonly NamedFile[] }> {
  await readCounted(ctx, body, (count) => {
    const read = parserOf({ sink, count });
    return read(ctx, async () => {});
  });
  const request = ctx.request as {
    body?: Record<string, string | string[]>;
    files?: Record<string, unknown>;
  };
  return { form: fieldsOf(request.body ?? {}), files: filesOf(request.files ?? {}) };
}

function parserOf({
  sink,
  count,
}: {
  readonly sink: FileSink;
  readonly count: (chunk: Uint8Array) => void;
}): Middleware {
  return koaBody({
    multipart: true,
    json: false,
    text: false,
    urlencoded: false,
    parsedMethods: [HttpMethodEnum.POST, HttpMethodEnum.PUT, HttpMethodEnum.PATCH, HttpMethodEnum.DELETE],
    formidable: {
      allowEmptyFiles: true,
      minFileSize: 0,
      maxFields: BODY_LIMITS.MAX_FIELDS,
      maxFieldsSize: BODY_LIMITS.MAX_FIELD_BYTES,
      maxFiles: sink.maxFiles,
      maxFileSize: sink.maxBytes,
      maxTotalFileSize: sink.maxBytes,
      fileWriteStreamHandler: (file) => sink.writable(file as object),
      onPart: (part, handle) => {
        if (sink.isMemory || part.originalFilename === null) part.on('data', count);
        handle(normalize(part));
      },
    },
    onError: refuse,
  });
}

/**
 * Corrects a part for formidable. It would read the text of a field with the transfer encoding of the part
 * ("8bit"). That is not an encoding of text, and the resulting error could not be caught. The content is
 * decoded already.
 */
function normalize(part: Part): Part {
  const changed = part as unknown as {
    name: string | null;
    mimetype: string | null;
    originalFilename: string | null;
    transferEncoding: string;
  };
  changed.transferEncoding = 'utf-8';
  if (changed.name === null || changed.name === '') {
    changed.name = UNNAMED;
  }
  if (changed.name === '__proto__') {
    changed.name = PROTO;
  }
  if (changed.originalFilename === null) {
    changed.mimetype = null;
  } else {
    changed.mimetype ??= 'application/octet-stream';
  }
  return part;
}

function fieldsOf(body: Record<string, string | string[]>): Form {
  const form = emptyForm();
  for (const [sentName, values] of Object.entries(body)) {
    const name = checkedName(sentName);
    for (const value of Array.isArray(values) ? values : [values]) {
      addField(form, name, value);
    }
  }
  return form;
}

function filesOf(files: Record<string, unknown>): readonly NamedFile[] {
  return Object.entries(files).flatMap(([sentName, found]) => {
    const name = checkedName(sentName);
    const list = (Array.isArray(found) ? found : [found]) as ParsedFile[];
    return list.filter((file) => file.originalFilename !== '').map((file) => ({ name, file }));
  });
}

function checkedName(name: string): string {
  if (name === UNNAMED) {
    throw new WireError('BODY_MALFORMED', {
      message: 'A part of the multipart body has no name in its Content-Disposition.',
    });
  }
  return name === PROTO ? '__proto__' : name;
}

/** Translates errors of formidable by their `httpCode`; koa-body would answer 500. */
function refuse(error: Error & { httpCode?: number }): never {
  if (error.httpCode === 413) {
    throw new WireError('BODY_TOO_LARGE', {
      message: `The multipart body is too large: ${error.message}`,
      cause: error,
    });
  }
  throw new WireError('BODY_MALFORMED', {
    message: `The multipart body could not be parsed: ${error.message}`,
    cause: error,
  });
}
