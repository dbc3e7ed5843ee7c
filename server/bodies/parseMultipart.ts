import { Writable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { HttpMethodEnum, koaBody } from 'koa-body';
import { WireError } from '../errors/index.ts';
import type { BodyCount } from './bodyBudget.ts';
import { ByteList } from './byteList.ts';
import { BODY_LIMITS } from './limits.ts';
import { addField, emptyForm } from './parseForm.ts';
import { readCounted } from './readCounted.ts';
import type { Form, UploadedFile } from './state.ts';

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
  const contents = new Map<object, ByteList>();
  try {
    await readCounted(ctx, body, (count) => {
      const read = parserOf({ contents, count });
      return read(ctx, async () => {});
    });
    const request = ctx.request as {
      body?: Record<string, string | string[]>;
      files?: Record<string, unknown>;
    };
    return { form: fieldsOf(request.body ?? {}), files: filesOf(request.files ?? {}, contents) };
  } finally {
    for (const bytes of contents.values()) bytes.free();
  }
}

function parserOf({
  contents,
  count,
}: {
  readonly contents: Map<object, ByteList>;
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
      maxFiles: BODY_LIMITS.MAX_FILES,
      maxFileSize: BODY_LIMITS.MAX_FILE_BYTES,
      maxTotalFileSize: BODY_LIMITS.MAX_FILE_BYTES,
      fileWriteStreamHandler: (file) => collect(contents, file as object),
      onPart: (part, handle) => {
        part.on('data', count);
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

function collect(contents: Map<object, ByteList>, file: object): Writable {
  const bytes = new ByteList(BODY_LIMITS.MAX_FILE_BYTES);
  contents.set(file, bytes);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes.add(chunk);
      done();
    },
  });
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

function filesOf(files: Record<string, unknown>, contents: Map<object, ByteList>): UploadedFile[] {
  return Object.entries(files).flatMap(([sentName, found]) => {
    const name = checkedName(sentName);
    const list = (Array.isArray(found) ? found : [found]) as {
      originalFilename: string | null;
      mimetype: string | null;
    }[];
    return list
      .filter((file) => file.originalFilename !== '')
      .map((file) => ({
        name,
        filename: file.originalFilename ?? '',
        contentType: file.mimetype ?? 'application/octet-stream',
        bytes: contents.get(file)?.take() ?? Buffer.alloc(0),
      }));
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
