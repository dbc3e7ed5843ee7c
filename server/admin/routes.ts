import type Router from '@koa/router';
import type { Context } from 'koa';
import type { SessionHost } from '../../engine/host/index.ts';
import { formatProblem } from '../../engine/interpreter/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { PlayedFiles } from '../../engine/scenario/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { ServiceOptions } from '../../strategies/options/index.ts';
import { actorOf } from '../access/index.ts';
import type { ScenarioThread } from '../adapters/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import {
  readZip,
  TEMPLATE_PATH,
  type TemplateStore,
  type TemplateView,
  writeZip,
  ZipRefused,
} from '../templates/index.ts';
import { invalidParameter } from './invalidParameter.ts';
import { MAX_REASON_CHARS } from './sessionSearchRoutes.ts';
import { noTemplate, noVersion } from './templateErrors.ts';
import { warningsOf } from './templateWarnings.ts';

export interface AdminDeps {
  readonly templates: TemplateStore;
  readonly audit: AuditLog;
  /** Configured services that run the template. */
  readonly servicesOf: (template: string) => Readonly<Record<string, ServiceOptions>>;
  readonly sessions: Pick<SessionHost, 'versions'>;
  readonly scenarios: Pick<ScenarioThread, 'play'>;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Service templates: an administrator lists, uploads and removes them, and goes back to earlier versions. */
export function registerAdminRoutes(router: Router, deps: AdminDeps): void {
  const { templates, audit, scenarios } = deps;

  router.get('/genesys/1/admin/templates', (ctx) => {
    replyJson(ctx, templates.list().map(viewOf));
  });

  router.get('/genesys/1/admin/templates/:name', (ctx) => {
    const { name } = ctx.params as { name: string };
    const template = templates.get(name);
    if (template === undefined) throw noTemplate(name);
    replyJson(ctx, viewOf(template));
  });

  router.get('/genesys/1/admin/templates/:name/versions', (ctx) => {
    const { name } = ctx.params as { name: string };
    const versions = templates.versions(name);
    const present = templates.get(name);
    if (versions.length === 0 && present === undefined) throw noTemplate(name);
    replyJson(
      ctx,
      versions.map((version) => ({
        ...(viewOf(version) as object),
        isPresent: version.version === present?.version,
      })),
    );
  });

  router.get('/genesys/1/admin/templates/:name/archive', (ctx) => {
    const { name } = ctx.params as { name: string };
    const { folder, files } = archived(ctx, name, templates);
    ctx.set('Content-Disposition', `attachment; filename="${folder}.zip"`);
    ctx.type = 'application/zip';
    ctx.body = writeZip(files, async (path) => (await templates.read(folder, path)) as Uint8Array);
  });

  router.post('/genesys/1/admin/templates/:name/rollback', async (ctx) => {
    const name = readName(ctx);
    requireOverride(ctx, name, templates);
    const version = readVersion(ctx);
    const entry = audit.batch({
      ...actorOf(ctx),
      action: 'template.rolledBack',
      object: `template:${name}`,
      details: defined({ version, replaced: templates.get(name)?.version }),
    });
    const used = await templates.rollBack(name, version, entry);
    if (used === undefined) throw noVersion(name, version);
    replyJson(ctx, await changedView(used, deps));
  });

  router.put('/genesys/1/admin/templates/:name', async (ctx) => {
    const name = readName(ctx);
    requireOverride(ctx, name, templates);
    const files = await readFiles(ctx, name);
    if (![...files.keys()].some((path) => path.toLowerCase().endsWith('.scxml'))) {
      throw refused(['(template): expected at least one .scxml document, got none.']);
    }
    const problems = await templates.check(name, files);
    if (problems.length > 0) {
      throw new WireError('TEMPLATE_REFUSED', {
        message: problems.map(formatProblem).join('\n'),
        details: { problems: problems.map((problem) => ({ ...problem }) as unknown as Json) },
      });
    }
    if (ctx.state.query.tests !== 'false') requirePassed(await scenarios.play(files));
    const uploaded = await templates.put(name, files, (replaced) =>
      audit.batch({
        ...actorOf(ctx),
        action: 'template.uploaded',
        object: `template:${name}`,
        details: defined({ files: files.size, replaced: replaced?.origin }),
      }),
    );
    replyJson(ctx, await changedView(uploaded, deps));
  });

  router.delete('/genesys/1/admin/templates/:name', async (ctx) => {
    const { name } = ctx.params as { name: string };
    const template = templates.get(name);
    if (template === undefined) throw noTemplate(name);
    if (template.origin === 'installed') {
      throw new WireError('CONFLICT', { message: `The template '${name}' is part of the installation.` });
    }
    // Without the upload the services run the installed template again.
    const users = templates.isInstalled(name) ? [] : Object.keys(deps.servicesOf(name));
    if (users.length > 0) {
      throw new WireError('CONFLICT', {
        message: `The template '${name}' is used by the service(s) ${users.join(', ')}. Change their configuration first.`,
      });
    }
    await requireUnused(ctx, template, deps);
    const { version } = template;
    const object = `template:${name}`;
    const details = defined({ version, reason: readReason(ctx) });
    await templates.remove(
      name,
      audit.batch({ ...actorOf(ctx), action: 'template.removed', object, details }),
    );
    replyJson(ctx, {});
  });
}

function readName(ctx: Context): string {
  const { name } = ctx.params as { name: string };
  if (!NAME.test(name)) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected the name of a template to be letters, digits, '-' and '_' (64 at most), got '${name}'.`,
    });
  }
  return name;
}

/** The field `version`. */
function readVersion(ctx: Context): string {
  const { form, json } = ctx.state;
  const { version } = ((json ?? form) as { readonly version?: Json } | null) ?? {};
  if (typeof version === 'string' && version !== '') return version;
  throw invalidParameter('version', 'the version of an upload', version ?? null);
}

/** The field `reason` of the query, for the audit log. */
function readReason(ctx: Context): string | undefined {
  const { reason } = ctx.state.query;
  if (reason === undefined) return undefined;
  if (typeof reason === 'string' && reason.length <= MAX_REASON_CHARS) return reason;
  throw invalidParameter('reason', `a text of at most ${MAX_REASON_CHARS} characters`, String(reason));
}

/** The folder of the present version, or of `?version=`, with its files. */
export function archived(
  ctx: Context,
  name: string,
  templates: TemplateStore,
): { readonly folder: string; readonly files: readonly string[] } {
  return versionOf(name, ctx.state.query.version, templates);
}

/** `version`: undefined for the present one. Throws TEMPLATE_NOT_FOUND. */
export function versionOf(
  name: string,
  version: unknown,
  templates: TemplateStore,
): { readonly folder: string; readonly files: readonly string[] } {
  if (version === undefined) {
    const present = templates.get(name);
    if (present === undefined) throw noTemplate(name);
    return { folder: name, files: present.files };
  }
  const found = templates.versions(name).find((kept) => kept.version === version);
  if (found === undefined) throw noVersion(name, String(version));
  return { folder: `${name}~${found.version}`, files: found.files };
}

/** A template is removed under its sessions only if the request says so: `?force=true`. */
async function requireUnused(
  ctx: Context,
  { name }: TemplateView,
  { sessions }: Pick<AdminDeps, 'sessions'>,
): Promise<void> {
  if (ctx.state.query.force === 'true') return;
  const folder = new RegExp(`${TEMPLATE_PATH}${name}(~[0-9a-f]+)?/`);
  const running = (await sessions.versions()).filter(({ src }) => folder.test(src));
  const count = running.reduce((sum, document) => sum + document.sessions, 0);
  if (count === 0) return;
  throw new WireError('CONFLICT', {
    message: `The template '${name}' has ${count} session(s). Expected ?force=true to remove it: they keep their documents.`,
  });
}

/** An installed template is replaced only if the request says so by name: `?override=<name>`. */
function requireOverride(ctx: Context, name: string, templates: TemplateStore): void {
  if (!templates.isInstalled(name) || ctx.state.query.override === name) return;
  throw new WireError('CONFLICT', {
    message: `The template '${name}' is part of the installation. Expected ?override=${name} to replace it, got '${String(ctx.state.query.override ?? '')}'.`,
  });
}

/** Throws SCENARIOS_FAILED, with the problems of all scenarios. */
function requirePassed({ scenarios, failed, problems }: PlayedFiles): void {
  if (failed === 0) return;
  const counts = `${failed} of ${scenarios} scenarios failed`;
  throw new WireError('SCENARIOS_FAILED', {
    message: [
      `${counts}; ?tests=false uploads the template nevertheless.`,
      ...problems.map(formatProblem),
    ].join('\n'),
    details: { scenarios, failed, problems: problems.map((problem) => ({ ...problem }) as unknown as Json) },
  });
}

/** The files of a zip archive or a single document, sent as the body or as the file of a multipart form. */
async function readFiles(ctx: Context, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const file = ctx.state.files[0];
  const bytes = file?.bytes ?? ctx.state.rawBody;
  if (bytes === undefined || bytes.length === 0) {
    throw new WireError('BODY_MALFORMED', {
      message: 'Expected a zip archive or an .scxml document in the body, got nothing.',
    });
  }
  if (isZip(bytes)) {
    try {
      return await readZip(bytes);
    } catch (error) {
      if (error instanceof ZipRefused) throw refused(error.problems, error);
      throw error;
    }
  }
  if (!looksLikeXml(bytes)) {
    throw new WireError('BODY_TYPE_UNSUPPORTED', {
      message: 'Expected a zip archive (PK...) or an .scxml document (<...) in the body, got neither.',
    });
  }
  return new Map([[`${name}.scxml`, bytes]]);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

function looksLikeXml(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 200)).trimStart().startsWith('<');
}

function refused(problems: readonly string[], cause?: unknown): WireError {
  return new WireError('TEMPLATE_REFUSED', { message: problems.join('\n'), details: { problems }, cause });
}

/** With warnings about its manifest and the services that run it. */
async function changedView(template: TemplateView, { templates, servicesOf }: AdminDeps): Promise<Json> {
  const manifest = await templates.manifest(template.name);
  const warnings = manifest === undefined ? [] : warningsOf(template, manifest, servicesOf(template.name));
  return { ...(viewOf(template) as object), ...(warnings.length > 0 && { warnings }) };
}

function viewOf(template: TemplateView): Json {
  const { name, origin, version, files, uploadedAt } = template;
  return defined({
    name,
    origin,
    version,
    uploadedAt: uploadedAt === undefined ? undefined : new Date(uploadedAt).toISOString(),
    files,
  });
}
