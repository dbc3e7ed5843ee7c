import { CALLBACK_OPTIONS, type ServiceOptions, TOKEN, typeProblem } from '../../strategies/options/index.ts';
import { type ManifestProfile, type TemplateManifest, typeOf } from './manifest.ts';

/** Set when a service is made from a template. */
const SET_BY_SERVER: readonly string[] = ['_type', '_service', '_service_type'];
/** Read by the server for each service that runs a document. */
const READ_BY_SERVER: readonly string[] = [
  ...SET_BY_SERVER,
  '_ttl',
  '_document_options',
  '_overwritable_options',
  '_redirect',
];

export interface OptionFault {
  readonly option: string;
  readonly message: string;
}

/**
 * Why an option does nothing here; undefined: it has an effect. `unread`: the options that no file of the
 * template names.
 */
export function noEffectOf(
  { options, callback }: TemplateManifest,
  name: string,
  unread: readonly string[],
): string | undefined {
  const own = options[name]?.noEffect;
  if (own !== undefined) return own;
  const row = callback === true ? CALLBACK_OPTIONS[name] : undefined;
  if (row !== undefined) return row.noEffect;
  if (READ_BY_SERVER.includes(name)) return undefined;
  return unread.includes(name) ? 'no file of the template names it' : undefined;
}

/** The options that no text of the template names. Those that the server reads are among them. */
export function unreadOptions(
  { options }: TemplateManifest,
  files: ReadonlyMap<string, Uint8Array>,
): readonly string[] {
  const words = new Set<string>();
  for (const [path, content] of files) {
    if (!/\.(?:scxml|xml|js|json|vxml|txt)$/i.test(path)) continue;
    for (const [word] of Buffer.from(content)
      .toString()
      .matchAll(/[A-Za-z_$][\w$]*/g))
      words.add(word);
  }
  return Object.keys(options).filter((name) => !words.has(name));
}

/** The defaults of the manifest, for services that set nothing. */
export function defaultsOf({ options }: TemplateManifest): ServiceOptions {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { default: value, noEffect }]) =>
      value === undefined || noEffect !== undefined ? [] : [[name, value]],
    ),
  );
}

/** The options that a person still has to set in a service of the profile. */
export function missingIn({ options }: TemplateManifest, { values }: ManifestProfile): readonly string[] {
  return Object.entries(options)
    .filter(([name, row]) => row.mandatory === true && !SET_BY_SERVER.includes(name))
    .filter(([name, row]) => !isSet(values[name]) && !isSet(row.default))
    .map(([name]) => name);
}

/** The faults of the options of a service: mandatory ones without a value, values of another type. */
export function serviceFaults(manifest: TemplateManifest, options: ServiceOptions): readonly OptionFault[] {
  const missing = missingIn(manifest, { values: options }).map((option) => ({
    option,
    message: 'is mandatory for a service of this template, and is not set.',
  }));
  const wrong = Object.entries(options).flatMap(([option, value]) => {
    const row = Object.hasOwn(manifest.options, option) ? manifest.options[option] : undefined;
    if (row === undefined || !isSet(value) || value.search(TOKEN) !== -1) return [];
    const message = typeProblem(typeOf(row), value);
    return message === undefined ? [] : [{ option, message }];
  });
  return [...missing, ...wrong];
}

/** The options of a new service: the given ones, over the profile, over the defaults of mandatory options. */
export function optionsOfProfile(
  template: string,
  manifest: TemplateManifest,
  { values, given }: { readonly values: ServiceOptions; readonly given: ServiceOptions },
): ServiceOptions {
  const defaults = Object.entries(manifest.options).flatMap(([name, row]) =>
    row.mandatory === true && row.default !== undefined ? [[name, row.default]] : [],
  );
  const isForeign = manifest.callback === true && template !== 'callback';
  return {
    ...Object.fromEntries(defaults),
    ...values,
    ...given,
    _type: 'ors',
    _service: template,
    ...(isForeign && { _service_type: 'callback' }),
  };
}

/** The options that are set and do nothing. */
export function ineffectiveIn(
  manifest: TemplateManifest,
  options: ServiceOptions,
  unread: readonly string[],
): readonly OptionFault[] {
  return Object.entries(options).flatMap(([option, value]) => {
    const reason = isSet(value) ? noEffectOf(manifest, option, unread) : undefined;
    return reason === undefined ? [] : [{ option, message: `has no effect: ${reason}` }];
  });
}

function isSet(value: string | undefined): boolean {
  return (value ?? '').trim() !== '';
}
