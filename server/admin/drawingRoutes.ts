import type Router from '@koa/router';
import type { Context } from 'koa';
import { compareParts, type DocumentParts } from '../../engine/compare/index.ts';
import type { SourcesToDraw } from '../../engine/draw/index.ts';
import type { AdministeredSessions } from '../../engine/host/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { type Drawing, type DrawingThread, MAX_DRAWN_CHARS } from '../adapters/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import type { TemplateStore } from '../templates/index.ts';
import { SOURCES } from './drawingReply.ts';
import { invalidParameter } from './invalidParameter.ts';
import { archived, versionOf } from './routes.ts';

const ROOT = '/genesys/1/admin';
/** The base of the paths of a template, to resolve its includes. */
const BASE = 'template:///';

export interface DrawingDeps {
  readonly sessions: Pick<AdministeredSessions, 'sourcesOf'>;
  readonly templates: TemplateStore;
  readonly drawings: Pick<DrawingThread, 'drawingOf'>;
}

/** Drawings of the versions of documents, as SVG or as the places of all parts. */
export function registerDrawingRoutes(router: Router, { sessions, templates, drawings }: DrawingDeps): void {
  router.get(`${ROOT}/documents/:hash/drawing`, async (ctx) => {
    const { hash } = ctx.params as { hash: string };
    const found = /^[0-9a-f]{64}$/.test(hash) ? sessions.sourcesOf(hash) : undefined;
    if (found === undefined) {
      throw new WireError('NOT_FOUND', {
        message: `No session needs a version '${hash.slice(0, 64)}' of a document. See GET ${ROOT}/documents.`,
      });
    }
    reply(ctx, await drawings.drawingOf(found));
  });

  router.post(`${ROOT}/drawing`, async (ctx) => {
    const drawing = await drawings.drawingOf(readSources(ctx.state.json ?? ctx.state.form));
    reply(ctx, drawing, 'json');
  });

  router.get(`${ROOT}/templates/:name/drawing`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    reply(ctx, await drawingIn(ctx, archived(ctx, name, templates)));
  });

  router.get(`${ROOT}/templates/:name/comparison`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    const before = await drawingIn(ctx, archived(ctx, name, templates));
    const after = await drawingIn(ctx, versionOf(name, ctx.state.query.to, templates));
    const changes = compareParts(partsIn(before), partsIn(after));
    replyJson(ctx, { changes: changes.map((change) => ({ ...change })) });
  });

  /** The drawing of the document `?file=` in a version of a template. */
  async function drawingIn(
    ctx: Context,
    { folder, files }: { readonly folder: string; readonly files: readonly string[] },
  ): Promise<Drawing> {
    const file = fileOf(ctx, files);
    return drawings.drawingOf({ sources: await sourcesIn(templates, folder, [file, ...files]) });
  }
}

function partsIn(drawing: Drawing): DocumentParts {
  if (drawing.kind === 'refused') throw refusal(drawing.message);
  return JSON.parse(drawing.parts) as DocumentParts;
}

function refusal(message: string): WireError {
  return new WireError('DOCUMENT_INVALID', { message: `The document cannot be drawn: ${message}` });
}

/** The texts of a document. Throws PARAMETER_INVALID. */
function readSources(body: unknown): SourcesToDraw {
  const read = SOURCES.safeParse(body);
  if (read.success) return { sources: read.data.sources, ...defined({ dialect: read.data.dialect }) };
  const [problem] = read.error.issues;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected sources (url, text) and dialect (ors or w3c); ${problem?.path.join('.')}: ${problem?.message}`,
  });
}

/** The document `?file=`; without it, the only one of the template. */
function fileOf(ctx: Context, files: readonly string[]): string {
  const documents = files.filter((path) => path.toLowerCase().endsWith('.scxml'));
  const { file = documents.length === 1 ? documents[0] : undefined } = ctx.state.query;
  if (typeof file === 'string' && documents.includes(file)) return file;
  const names = documents.slice(0, 20).join(', ');
  throw invalidParameter('file', `a document of the template (${names})`, String(file ?? ''));
}

/** The document and all texts that it may include. */
async function sourcesIn(
  templates: TemplateStore,
  folder: string,
  files: readonly string[],
): Promise<readonly { readonly url: string; readonly text: string }[]> {
  const sources = new Map<string, string>();
  let chars = 0;
  for (const path of files) {
    if (!/\.(?:scxml|xml|js)$/i.test(path) || chars > MAX_DRAWN_CHARS) continue;
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), BASE).href;
    if (sources.has(url)) continue;
    const text = new TextDecoder().decode(await templates.read(folder, path));
    sources.set(url, text);
    chars += text.length;
  }
  return [...sources].map(([url, text]) => ({ url, text }));
}

function reply(ctx: Context, drawing: Drawing, format: unknown = ctx.state.query.format ?? 'svg'): void {
  if (format !== 'svg' && format !== 'json') throw invalidParameter('format', 'svg or json', String(format));
  if (drawing.kind === 'refused') throw refusal(drawing.message);
  if (format === 'json') {
    ctx.type = 'application/json';
    ctx.body = drawing.layout;
    return;
  }
  // A page that opens the drawing runs nothing in it.
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
  ctx.type = 'image/svg+xml';
  ctx.body = drawing.svg;
}
