import { z } from 'zod';
import type { Problem } from '../../engine/interpreter/index.ts';
import { didYouMean } from '../../engine/ports/index.ts';
import { readYaml, ScenarioError, strict } from '../../engine/scenario/index.ts';
import { OPTION_FORMATS, type OptionType, typeProblem } from '../../strategies/options/index.ts';

/** The manifest of a template. Its format is Orsay's own: no format of the products is documented. */
export const MANIFEST_FILE = 'template.yaml';

export const MANIFEST_LIMITS = { MAX_OPTIONS: 500, MAX_PROFILES: 50, MAX_TEXT_CHARS: 2_000 } as const;

/** An option of the services of a template. */
export interface ManifestOption {
  /** One line for people: meaning and unit. */
  readonly description: string;
  readonly category?: string | undefined;
  /** The format of its text; absent: any text, or one of the choices. */
  readonly type?: (typeof OPTION_FORMATS)[number] | undefined;
  readonly choices?: readonly string[] | undefined;
  /** The value that counts when nobody sets one. */
  readonly default?: string | undefined;
  /** A service that has no value for it, and no default, is refused. */
  readonly mandatory?: boolean | undefined;
  readonly media?: 'chat' | 'voice' | 'both' | undefined;
  /** The versions that introduced and removed it, as the author counts them. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Why it does nothing. */
  readonly noEffect?: string | undefined;
}

/** Values with which a new service begins. */
export interface ManifestProfile {
  readonly description?: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  /** Why no service can be made from it. */
  readonly unavailable?: string | undefined;
}

/** The content of MANIFEST_FILE. */
export interface TemplateManifest {
  /** The version of the format. */
  readonly template: 1;
  readonly description?: string | undefined;
  /** Its services are callback services. */
  readonly callback?: boolean | undefined;
  readonly options: Readonly<Record<string, ManifestOption>>;
  readonly profiles: Readonly<Record<string, ManifestProfile>>;
}

const text = z
  .string()
  .min(1, 'expected a text, got an empty one')
  .max(
    MANIFEST_LIMITS.MAX_TEXT_CHARS,
    `expected at most ${MANIFEST_LIMITS.MAX_TEXT_CHARS} characters (MAX_TEXT_CHARS)`,
  );
/** Options become parameters of a document, which are variables there. */
const optionName = /^[A-Za-z_$][\w$]{0,127}$/;
const profileName = /^[A-Za-z0-9][\w .-]{0,63}$/;

const optionSchema = strict({
  description: text,
  category: text.optional(),
  type: z.enum(OPTION_FORMATS).optional(),
  choices: z.array(text).min(1).max(MANIFEST_LIMITS.MAX_OPTIONS).optional(),
  default: z.string().max(MANIFEST_LIMITS.MAX_TEXT_CHARS).optional(),
  mandatory: z.boolean().optional(),
  media: z.enum(['chat', 'voice', 'both']).optional(),
  since: text.optional(),
  until: text.optional(),
  noEffect: text.optional(),
}).superRefine((option, context) => {
  const fault = (field: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (option.type !== undefined && option.choices !== undefined) {
    fault('choices', 'expected a type or choices, got both');
    return;
  }
  if (option.mandatory === true && option.noEffect !== undefined) {
    fault('mandatory', 'expected an option that has an effect, got one with noEffect');
  }
  const problem = option.default === undefined ? undefined : typeProblem(typeOf(option), option.default);
  if (problem !== undefined) fault('default', problem);
});

const profileSchema = strict({
  description: text.optional(),
  values: z.record(z.string(), z.string()),
  unavailable: text.optional(),
});

const manifestSchema = strict({
  template: z.literal(1),
  description: text.optional(),
  callback: z.boolean().optional(),
  options: namedBy(optionName, 'a name that a document can use as a variable', optionSchema),
  profiles: namedBy(
    profileName,
    "letters, digits, blanks, '_', '.' and '-' (64 at most)",
    profileSchema,
  ).default({}),
}).superRefine(({ options, profiles }, context) => {
  const { MAX_OPTIONS, MAX_PROFILES } = MANIFEST_LIMITS;
  for (const [field, count, max, limit] of [
    ['options', Object.keys(options).length, MAX_OPTIONS, 'MAX_OPTIONS'],
    ['profiles', Object.keys(profiles).length, MAX_PROFILES, 'MAX_PROFILES'],
  ] as const) {
    if (count <= max) continue;
    context.addIssue({
      code: 'custom',
      path: [field],
      message: `expected at most ${max} (${limit}), got ${count}`,
    });
  }
  for (const [profile, { values }] of Object.entries(profiles)) {
    for (const [name, value] of Object.entries(values)) {
      const message = valueProblem(options, name, value);
      if (message === undefined) continue;
      context.addIssue({ code: 'custom', path: ['profiles', profile, 'values', name], message });
    }
  }
});

/** Fields whose names are the author's. */
function namedBy<T extends z.ZodType>(
  pattern: RegExp,
  expected: string,
  schema: T,
): z.ZodRecord<z.ZodString, T> {
  return z.record(z.string(), schema).superRefine((fields, context) => {
    for (const name of Object.keys(fields)) {
      if (pattern.test(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: `expected ${expected}, got '${name}'` });
    }
  });
}

/** A fault of a value that a profile or a service sets; undefined: there is none. */
function valueProblem(options: TemplateManifest['options'], name: string, value: string): string | undefined {
  if (!Object.hasOwn(options, name)) {
    return `expected an option of the manifest, got '${name}'.${didYouMean(name, Object.keys(options))}`;
  }
  return value.trim() === '' ? undefined : typeProblem(typeOf(options[name]!), value);
}

/** The type as the table of Orsay's own options has it. */
export function typeOf({ type, choices }: Pick<ManifestOption, 'type' | 'choices'>): OptionType {
  return choices ?? type ?? 'string';
}

/** Reads a manifest. `file`: its path. Throws ScenarioError, with file, line and column of each problem. */
export function readManifest(source: Uint8Array, file: string): TemplateManifest {
  return readYaml<TemplateManifest>(decoded(source, file), file, { schema: manifestSchema }).content;
}

/** The problems of a manifest, as those of a document. */
export function manifestProblems(source: Uint8Array, file: string): readonly Problem[] {
  try {
    readManifest(source, file);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map((problem) => ({ ...problem, code: 'MANIFEST_INVALID', severity: 'error' }));
  }
}

function decoded(source: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    throw new ScenarioError([
      { file, line: 1, column: 1, message: 'expected text in UTF-8, got other bytes' },
    ]);
  }
}
