import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import { documentProblem } from '../../strategies/callback/index.ts';
import { type ServiceOptions, withoutSecrets } from '../../strategies/options/index.ts';
import { mayReadSecrets } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import {
  ineffectiveIn,
  MANIFEST_FILE,
  missingIn,
  noEffectOf,
  optionsOfProfile,
  type TemplateManifest,
  type TemplateStore,
  type TemplateView,
} from '../templates/index.ts';
import { editedPart, type LiveConfiguration, readObject, recordOf } from './configurationRoutes.ts';
import { invalidParameter, partRefused, requireName } from './invalidParameter.ts';
import { noTemplate } from './templateErrors.ts';
import { manifestOf, requireServable } from './templateManifests.ts';

const ROOT = '/genesys/1/admin/templates/:name';

export interface TemplateServiceDeps {
  readonly templates: TemplateStore;
  readonly configuration: LiveConfiguration;
}

/** The options and profiles that the manifest of a template has, and services that are made from them. */
export function registerTemplateServiceRoutes(
  router: Router,
  { templates, configuration }: TemplateServiceDeps,
): void {
  router.get(`${ROOT}/options`, async (ctx) => {
    const template = requireTemplate(ctx, templates);
    const { name, version } = template;
    const manifest = await manifestOf(name, templates);
    const shown = manifest === undefined ? NO_MANIFEST : manifestView(manifest, unreadOf(template));
    replyJson(ctx, { name, ...defined({ version }), ...shown });
  });

  router.post(`${ROOT}/services`, async (ctx) => {
    const { name: template, ...view } = requireTemplate(ctx, templates);
    const manifest = await manifestOf(template, templates);
    if (manifest === undefined) {
      throw new WireError('CONFLICT', {
        message: `The template '${template}' has no manifest (${MANIFEST_FILE}). Add the service by PUT /genesys/1/admin/services/<name>.`,
      });
    }
    const { name, profile, given } = readService(ctx);
    const values = profile === undefined ? {} : valuesOf(manifest, profile);
    const options = optionsOfProfile(template, manifest, { values, given });
    await configuration.change({
      path: ['services', name],
      edit(present) {
        if (present === undefined) return editedPart({ ...options }, present);
        throw new WireError('CONFLICT', { message: `There is a service '${name}' already.` });
      },
      check() {
        requireServable(manifest, options);
        const message = documentProblem(name, options, templates);
        if (message !== undefined) throw partRefused([{ field: '_service', message }]);
      },
      record: recordOf(ctx, 'service', name),
    });
    const warnings = ineffectiveIn(manifest, options, unreadOf(view));
    replyJson(ctx, {
      name,
      options: mayReadSecrets(ctx) ? { ...options } : withoutSecrets({ ...options }),
      warnings: warnings.map((warning) => ({ ...warning })),
    });
  });
}

const NO_MANIFEST = { hasManifest: false, isCallback: false, options: [], profiles: [] } as const;

function manifestView(
  manifest: TemplateManifest,
  unread: readonly string[],
): { readonly [name: string]: Json } {
  const { description, callback, options, profiles } = manifest;
  return {
    hasManifest: true,
    ...defined({ description }),
    isCallback: callback === true,
    options: Object.entries(options).map(([name, row]) => {
      const { category, type, choices, default: value, mandatory, media, since, until } = row;
      const noEffect = noEffectOf(manifest, name, unread);
      return defined({
        name,
        category: category ?? 'no category',
        description: row.description,
        type: choices === undefined ? (type ?? 'string') : 'choice',
        choices,
        default: value,
        mandatory: mandatory === true,
        media: media ?? 'both',
        since,
        until,
        hasEffect: noEffect === undefined,
        noEffect,
      });
    }),
    profiles: Object.entries(profiles).map(([name, profile]) =>
      defined({
        name,
        description: profile.description,
        values: { ...profile.values },
        missing: missingIn(manifest, profile),
        unavailable: profile.unavailable,
      }),
    ),
  };
}

function unreadOf({ manifest }: Pick<TemplateView, 'manifest'>): readonly string[] {
  return manifest?.unread ?? [];
}

function requireTemplate(ctx: Context, templates: TemplateStore): TemplateView {
  const { name } = ctx.params as { name: string };
  const template = templates.get(name);
  if (template === undefined) throw noTemplate(name);
  return template;
}

function readService(ctx: Context): {
  readonly name: string;
  readonly profile: string | undefined;
  readonly given: ServiceOptions;
} {
  const body = readObject(
    ctx,
    'a new service, such as {"name":"support","profile":"Chat-Delayed","options":{}}',
  );
  const unknown = Object.keys(body).find((field) => !['name', 'profile', 'options'].includes(field));
  if (unknown !== undefined) {
    throw invalidParameter('the body', 'an object of name, profile and options', {
      [unknown]: body[unknown]!,
    });
  }
  const { name = null, profile, options = {} } = body;
  if (typeof name !== 'string' || name === '') {
    throw invalidParameter('name', 'the name of a new service', name);
  }
  requireName(name);
  if (profile !== undefined && typeof profile !== 'string') {
    throw invalidParameter('profile', 'the name of a profile', profile);
  }
  if (!isTexts(options)) throw invalidParameter('options', 'an object of texts', options);
  return { name, profile, given: options };
}

function isTexts(value: Json): value is { readonly [name: string]: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}

/** The values of a profile. Throws PARAMETER_INVALID. */
function valuesOf({ profiles }: TemplateManifest, name: string): ServiceOptions {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) {
    const names = Object.keys(profiles).join(', ') || 'none';
    throw invalidParameter('profile', `one of those of the template (${names})`, name);
  }
  if (profile.unavailable === undefined) return profile.values;
  throw new WireError('CONFLICT', {
    message: `No service can be made from the profile '${name}' here: it ${profile.unavailable}.`,
  });
}
