import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { AuditRecord } from '../../strategies/audit/index.ts';
import { documentProblem, type Services } from '../../strategies/callback/index.ts';
import {
  masksIn,
  type ServiceOptions,
  withoutSecrets,
  withStoredSecrets,
} from '../../strategies/options/index.ts';
import { actorOf, mayReadSecrets } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import type { TemplateStore } from '../templates/index.ts';
import { detailsOfChange } from './changeDetails.ts';
import { partRefused, requireName } from './invalidParameter.ts';
import { requireManifestOptions } from './templateManifests.ts';

/** A part of the configuration file. */
export interface ConfigPart {
  /** Undefined: the file has no such part. */
  readonly value: Json | undefined;
  /** As in the header ETag. */
  readonly etag: string;
}

/** The conditions of a request: its headers If-Match and If-None-Match. */
export interface ChangeConditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export interface PartChange extends ChangeConditions {
  /** Names from the file's outermost object to the part. */
  readonly path: readonly string[];
  /** The new value. `undefined` removes the part. May throw a WireError. */
  readonly edit: (present: Json | undefined) => Json | undefined;
  /** Called before the file is written. May throw a WireError. */
  readonly check?: (value: Json | undefined) => Promise<void> | void;
  /** Not called when the value stays as it is. */
  readonly record: (before: Json | undefined, after: Json | undefined) => AuditRecord;
}

/** The parts of the configuration that change while the server runs. */
export interface LiveConfiguration {
  /** Rejects with WireError CONFLICT when the file is not JSON. */
  read(path: readonly string[]): Promise<ConfigPart>;
  /**
   * Writes the file, lets the change count, and records it. Rejects with WireError PARAMETER_INVALID,
   * CONFLICT, PRECONDITION_FAILED or UNAVAILABLE; then nothing changed.
   */
  change(change: PartChange): Promise<ConfigPart>;
}

const ROOT = '/genesys/1/admin';

export interface ConfigurationRoutesDeps {
  readonly configuration: LiveConfiguration;
  readonly services: Services;
  readonly templates: TemplateStore;
  /** Rejects with an Error that says why no session can start on the document. */
  readonly checkDocumentAt: (url: URL) => Promise<unknown>;
}

/** Parts of the configuration file that change at once. Bodies have the shape that the file has. */
export function registerConfigurationRoutes(router: Router, deps: ConfigurationRoutesDeps): void {
  registerServices(router, deps);
  registerPatterns(router, deps);
  registerLists(router, deps);
  registerWholePart(router, deps.configuration, {
    kind: 'desktop',
    expected: 'the section desktop, such as {"cannedTexts":[{"id":"hello","text":"Good day"}]}',
    url: `${ROOT}/desktop`,
    pathOf: () => ['desktop'],
  });
}

function registerServices(
  router: Router,
  { configuration, services, templates, checkDocumentAt }: ConfigurationRoutesDeps,
): void {
  router.get(`${ROOT}/services`, async (ctx) => {
    replyPart(ctx, await configuration.read(['services']), '{}');
  });

  router.get(`${ROOT}/services/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    replyPart(ctx, await configuration.read(['services', name]), noService(name));
  });

  router.put(`${ROOT}/services/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    requireName(name);
    const options = readObject(ctx, 'a service\'s options, such as {"_type":"ors","_service":"hello"}');
    const changed = await configuration.change({
      ...conditionsOf(ctx),
      path: ['services', name],
      edit: (present) => editedPart(options, present),
      async check(value) {
        const given = value as ServiceOptions;
        const message =
          documentProblem(name, given, templates) ?? (await problemOfUrl(given, checkDocumentAt));
        if (message !== undefined) throw partRefused([{ field: '_service', message }]);
        await requireManifestOptions(given, templates);
      },
      record: recordOf(ctx, 'service', name),
    });
    replyPart(ctx, changed, noService(name));
  });

  router.delete(`${ROOT}/services/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    await configuration.change({
      ...conditionsOf(ctx),
      path: ['services', name],
      edit(present) {
        if (present === undefined) throw noService(name);
        return undefined;
      },
      async check() {
        if (ctx.state.query.override === name) return;
        const open = await services.administration.open(name);
        if (open === 0) return;
        throw new WireError('CONFLICT', {
          message: `The service '${name}' has ${open} callback(s) that are scheduled, wait or are served. Expected none, or ?override=${name} to remove it all the same; they keep their options.`,
        });
      },
      record: recordOf(ctx, 'service', name),
    });
    replyJson(ctx, {});
  });
}

/** Why no session can start on the document that a service names by its URL. */
async function problemOfUrl(
  { _type, _service = '' }: ServiceOptions,
  checkDocumentAt: ConfigurationRoutesDeps['checkDocumentAt'],
): Promise<string | undefined> {
  if (_type !== 'ors' || !/^https?:\/\//i.test(_service)) return undefined;
  if (!URL.canParse(_service)) return `expected a URL, got '${_service}'`;
  try {
    await checkDocumentAt(new URL(_service));
    return undefined;
  } catch (error) {
    return `expected a document that can start, got '${_service}': ${(error as Error).message}`;
  }
}

function registerPatterns(router: Router, { configuration }: ConfigurationRoutesDeps): void {
  router.get(`${ROOT}/patterns`, async (ctx) => {
    replyPart(ctx, await configuration.read(['patterns']), '{}');
  });
  const shared = { kind: 'pattern', expected: 'names and patterns, such as {"premium":"0900.*"}' } as const;
  registerWholePart(router, configuration, {
    ...shared,
    url: `${ROOT}/patterns/list`,
    pathOf: () => ['patterns', 'list'],
  });
  registerWholePart(router, configuration, {
    ...shared,
    url: `${ROOT}/patterns/groups/:group`,
    pathOf: (ctx) => ['patterns', 'groups', (ctx.params as { group: string }).group],
  });
}

function registerLists(router: Router, { configuration }: ConfigurationRoutesDeps): void {
  router.get(`${ROOT}/lists`, async (ctx) => {
    replyPart(ctx, await configuration.read(['lists']), '{}');
  });
  registerWholePart(router, configuration, {
    kind: 'list',
    expected: 'items of the list, such as {"services":{"chat-delay":"true"}}',
    url: `${ROOT}/lists/:name`,
    pathOf: (ctx) => ['lists', (ctx.params as { name: string }).name],
  });
}

type WholeKind = 'pattern' | 'list' | 'desktop' | 'push';

/** A list is read, replaced and removed as a whole. Patterns of a list are tried in their order. */
export function registerWholePart(
  router: Router,
  configuration: LiveConfiguration,
  {
    kind,
    expected,
    url,
    pathOf,
    requireUnused,
  }: {
    readonly kind: WholeKind;
    /** The content of a body, for the message that refuses another one. */
    readonly expected: string;
    readonly url: string;
    readonly pathOf: (ctx: Context) => readonly string[];
    /** Throws or rejects with a WireError while something uses the part that is to be removed. */
    readonly requireUnused?: (ctx: Context) => Promise<void>;
  },
): void {
  const record = (ctx: Context, path: readonly string[]) => recordOf(ctx, kind, path.slice(1).join('.'));

  router.get(url, async (ctx) => {
    const path = pathOf(ctx);
    replyPart(ctx, await configuration.read(path), noPart(path));
  });

  router.put(url, async (ctx) => {
    const path = pathOf(ctx);
    requireName(path.at(-1)!);
    const list = readObject(ctx, expected);
    const changed = await configuration.change({
      ...conditionsOf(ctx),
      path,
      edit: (present) => editedPart(list, present),
      record: record(ctx, path),
    });
    replyPart(ctx, changed, noPart(path));
  });

  router.delete(url, async (ctx) => {
    const path = pathOf(ctx);
    await configuration.change({
      ...conditionsOf(ctx),
      path,
      edit(present) {
        if (present === undefined) throw noPart(path);
        return undefined;
      },
      ...(requireUnused !== undefined && { check: () => requireUnused(ctx) }),
      record: record(ctx, path),
    });
    replyJson(ctx, {});
  });
}

export function recordOf(ctx: Context, kind: 'service' | WholeKind, name: string): PartChange['record'] {
  return (before, after) => ({
    ...actorOf(ctx),
    action: after === undefined ? `${kind}.removed` : `${kind}.changed`,
    object: name === '' ? kind : `${kind}:${name}`,
    details: detailsOfChange(before, after),
  });
}

export function replyPart(ctx: Context, { value, etag }: ConfigPart, absent: WireError | '{}'): void {
  if (value === undefined && absent !== '{}') throw absent;
  ctx.set('ETag', etag);
  const shown = value ?? {};
  replyJson(ctx, mayReadSecrets(ctx) ? shown : withoutSecrets(shown));
}

/** A part as somebody sends it who may have read it without its secrets. Throws PARAMETER_INVALID. */
export function editedPart(given: Json, present: Json | undefined): Json {
  const part = withStoredSecrets(given, present);
  const masks = masksIn(part);
  if (masks.length === 0) return part;
  const message = 'expected a value, got the mask of a secret that is not stored here';
  throw partRefused(masks.map((field) => ({ field, message })));
}

export function conditionsOf(ctx: Context): ChangeConditions {
  return defined({
    ifMatch: ctx.get('if-match') || undefined,
    ifNoneMatch: ctx.get('if-none-match') || undefined,
  });
}

/** The whole body: fields of the query do not belong to it. */
export function readObject(ctx: Context, expected: string): { readonly [name: string]: Json } {
  const { json } = ctx.state;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return json as { readonly [name: string]: Json };
  }
  const got = json === undefined ? 'no JSON' : `${JSON.stringify(json).slice(0, 80)}`;
  throw new WireError('BODY_MALFORMED', {
    message: `Expected a JSON object in the body: ${expected}; got ${got}.`,
  });
}

function noService(name: string): WireError {
  return new WireError('NOT_FOUND', { message: `No service '${name}' is configured.` });
}

function noPart(path: readonly string[]): WireError {
  return new WireError('NOT_FOUND', { message: `The configuration has no '${path.join('.')}'.` });
}
