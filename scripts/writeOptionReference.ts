import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { CALLBACK_PROFILES } from '../strategies/options/callbackProfiles.ts';
import type { OptionRow } from '../strategies/options/optionRow.ts';
import { CALLBACK_OPTIONS } from '../strategies/options/options.ts';
import { markdownTable } from './markdownTable.ts';

/** docs/reference/options.md, generated from strategies/options. `npm run docs:options` writes it. */
export const OPTION_REFERENCE = resolve(import.meta.dirname, '../docs/reference/options.md');

/** The manifest of the callback template, generated from the same table. */
export const CALLBACK_MANIFEST = resolve(import.meta.dirname, '../scxml/callback/template.yaml');

const HEAD = `# Options of a callback service

<!-- Generated from strategies/options by \`npm run docs:options\`. Do not edit. -->

The options of a service under \`services\` in [config.json](configuration.md), and of a request that may override them.
All values are text; an empty text counts as not set; \`$name$\` in a value is replaced by the parameter \`name\` of the
request. The server does not start with a value of another kind, and a request with one is answered 400.

- **values**: the kind of the text. Durations are whole numbers, in seconds where no other unit is named.
- **default**: what counts when the service sets nothing, and the section \`callback\` neither.
- **media**: the callbacks to which the option applies.
- **mandatory**: a callback service without it is not valid.
- **since**: the version of GMS that introduced the option, where it is known, and the one that removed it.
- **effect**: why the option does nothing in Orsay. The server warns at its start about each option that is set and does
  nothing.
- **set by**: \`service\`: no request changes it; \`customer\`: requests of customers may set it also when
  \`_overwritable_options\` is not set; else requests of other servers, and of customers if \`_overwritable_options\`
  names it.
`;

const VALUES: Readonly<Record<string, string>> = {
  boolean: '`true`, `false`',
  integer: 'whole number, 0 or more',
  limit: 'whole number; negative: the default',
  string: 'text',
  names: 'names with commas between them',
  url: 'URL (http, https)',
  urls: 'URLs with commas between them',
  range: 'minutes `from,to`, such as `-120,120`',
  period: 'number and unit, such as `1M`',
  thresholds: 'pairs `eta:position` with commas between them',
  target: 'target, or JSON array of targets',
  object: 'JSON object',
};

/** The text of the page. */
export function optionReference(): string {
  const categories = [...new Set(Object.values(CALLBACK_OPTIONS).map(({ category }) => category))];
  return `${HEAD}\n${categories.map(chapterOf).join('\n')}`;
}

function chapterOf(category: string): string {
  const rows = Object.entries(CALLBACK_OPTIONS)
    .filter(([, row]) => row.category === category)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => [
      `\`${name}\``,
      typeof row.type === 'string' ? VALUES[row.type]! : row.type.map((value) => `\`${value}\``).join(', '),
      row.default === undefined ? '' : `\`${row.default}\``,
      row.description,
      row.media,
      row.mandatory === true ? 'yes' : '',
      row.own === true
        ? 'only Orsay'
        : `${row.since ?? ''}${row.until === undefined ? '' : ` until ${row.until}`}`.trim(),
      row.noEffect === undefined ? '' : `none: ${row.noEffect}`,
      row.fixed === true || row.prevails === true ? 'service' : row.client === true ? 'customer' : '',
    ]);
  const head = [
    'option',
    'values',
    'default',
    'description',
    'media',
    'mandatory',
    'since',
    'effect',
    'set by',
  ];
  const title = category === 'no category' ? 'Without a category' : category;
  return `## ${title}\n\n${markdownTable(head, rows)}\n`;
}

const MANIFEST_HEAD = `# Generated from strategies/options by \`npm run docs:options\`. Do not edit.
# The format is Orsay's own: docs/reference/template-manifest.md.
`;

/** The text of the manifest. */
export function callbackManifest(): string {
  const manifest = {
    template: 1,
    description: 'Callbacks: a delayed and an immediate chat, from the request of the customer to the agent.',
    callback: true,
    options: Object.fromEntries(
      Object.entries(CALLBACK_OPTIONS).map(([name, row]) => [name, manifestRow(row)]),
    ),
    profiles: CALLBACK_PROFILES,
  };
  return MANIFEST_HEAD + stringify(manifest, { lineWidth: 0 });
}

function manifestRow(row: OptionRow): Readonly<Record<string, unknown>> {
  const { category, type, description, media, mandatory, since, until, noEffect } = row;
  return {
    description,
    category,
    ...(typeof type === 'string' ? { type } : { choices: type }),
    default: row.default,
    mandatory,
    media,
    since: row.own === true ? 'only Orsay' : since,
    until,
    noEffect,
  };
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(OPTION_REFERENCE, optionReference());
  writeFileSync(CALLBACK_MANIFEST, callbackManifest());
}
