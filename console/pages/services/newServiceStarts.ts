import { call } from '../../api/call.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { type Kind, kindText, type Options } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';

export type Template = ReplyOf<'GET /genesys/1/admin/templates/:name/options'>;

/** The beginning of a new service. */
export interface Start {
  /** The template, if it has a manifest. */
  readonly template?: { readonly name: string; readonly profile: string };
  /** Options that are the same in each service of the kind. */
  readonly options: Options;
  /** Options that the user gives. `value`: proposed. */
  readonly fields: readonly { readonly name: string; readonly hint: string; readonly value: string }[];
}

interface PlainStart {
  readonly kind: Kind;
  readonly options: Options;
  readonly proposed: Options;
}

/** Services that no template describes. docs/reference/configuration.md has their options. */
const PLAIN: Readonly<Record<string, PlainStart>> = {
  chat: { kind: 'chat', options: { _type: 'chat' }, proposed: { _chat_endpoint: 'Environment:default' } },
  openmedia: {
    kind: 'openmedia',
    options: { _type: 'openmedia' },
    proposed: { queue: '', media_type: 'workitem' },
  },
  email: { kind: 'email', options: { _type: 'email' }, proposed: { queue: '', mailbox: '' } },
  officeHours: {
    kind: 'officeHours',
    options: { _type: 'builtin', _service: 'office-hours' },
    proposed: {
      _timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      _bh_regular1: 'Mon-Fri 09:00-17:00',
    },
  },
  capacity: {
    kind: 'capacity',
    options: { _type: 'builtin', _service: 'capacity' },
    proposed: {
      _timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      _capacity_1: '{"1":{"0900":10,"1000":10}}',
    },
  },
  builtin: { kind: 'builtin', options: { _type: 'builtin' }, proposed: { _service: 'request-chat' } },
  url: { kind: 'document', options: { _type: 'ors' }, proposed: { _service: '' } },
};

/** Everything from which a service can begin. */
export function startsOf(templates: readonly string[]): readonly { value: string; text: string }[] {
  const t = servicesTexts();
  return [
    ...templates.map((name) => ({ value: `template ${name}`, text: t.template(name) })),
    ...Object.entries(PLAIN).map(([value, { kind }]) => ({
      value,
      text: value === 'url' ? t.byUrl : kindText(kind),
    })),
  ];
}

export function plainStart(name: string): Start {
  const { options, proposed } = PLAIN[name] ?? { options: {}, proposed: {} };
  return {
    options,
    fields: Object.entries(proposed).map(([option, value]) => ({ name: option, hint: '', value })),
  };
}

/** `profile`: '' for none. */
export function templateStart({ name, hasManifest, options, profiles }: Template, profile: string): Start {
  if (!hasManifest) return { options: { _type: 'ors', _service: name }, fields: [] };
  const mandatory = options.filter((row) => row.mandatory && !OF_TEMPLATE.includes(row.name));
  const missing = profiles.find((one) => one.name === profile)?.missing ?? mandatory.map((row) => row.name);
  return {
    template: { name, profile },
    options: {},
    fields: missing.map((option) => ({
      name: option,
      hint: (options.find((row) => row.name === option)?.description ?? '').replaceAll('`', ''),
      value: '',
    })),
  };
}

/** The server sets these for a service of a template. */
const OF_TEMPLATE: readonly string[] = ['_type', '_service'];

/** Rejects with an ApiError in the words of the server. */
export async function createService(name: string, start: Start, given: Options): Promise<void> {
  const fields = start.fields.map((field) => [field.name, given[field.name] ?? field.value] as const);
  const options = Object.fromEntries(fields.filter(([, value]) => value !== ''));
  const { template } = start;
  if (template === undefined) {
    await call('PUT /genesys/1/admin/services/:name', {
      path: { name },
      json: { ...start.options, ...options },
      headers: { 'If-None-Match': '*' },
    });
    return;
  }
  await call('POST /genesys/1/admin/templates/:name/services', {
    path: { name: template.name },
    json: { name, options, ...(template.profile === '' ? {} : { profile: template.profile }) },
  });
}
