import { z } from 'zod';
import { parseDelay } from '../interpreter/index.ts';
import { didYouMean, type Json } from '../ports/index.ts';
import { SCENARIO_VERSION, type Scenario } from './contract.ts';

/** Steps of a scenario, and items of its lists. */
const MAX_STEPS = 10_000;

const json = z.json() as z.ZodType<Json>;
const fields = z.record(z.string(), json);
const text = z.string().min(1, 'expected a text, got an empty one');

/** Fields with these names only. */
export function strict<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const [name = ''] = issue.keys as readonly string[];
      return `unknown field '${name}'.${didYouMean(name, Object.keys(shape)) || ` The fields are ${Object.keys(shape).join(', ')}.`}`;
    },
  });
}

const pattern = z.unknown().superRefine((value, context) => {
  if (typeof value === 'string') return;
  const { $matches: source } = (value ?? {}) as { readonly $matches?: unknown };
  if (typeof source !== 'string' || Object.keys(value as object).length !== 1) {
    context.addIssue({ code: 'custom', message: "expected a text or { $matches: 'expression' }" });
    return;
  }
  try {
    new RegExp(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message, path: ['$matches'] });
  }
});

/** A value whose schema depends on the value. `choose` returns the schema, or a message. */
function choice(choose: (value: unknown) => z.ZodType | string): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    const chosen = choose(value);
    if (typeof chosen === 'string') {
      context.addIssue({ code: 'custom', message: chosen });
      return;
    }
    for (const issue of chosen.safeParse(value, { reportInput: true }).error?.issues ?? []) {
      context.addIssue({ ...issue, input: (issue as { input?: unknown }).input } as never);
    }
  });
}

/** The schema of the one key that tells the kind of an object. */
function byKey(
  what: string,
  kinds: { readonly [key: string]: z.ZodType },
  words: readonly string[] = [],
): z.ZodType {
  const names = Object.keys(kinds);
  const all = [...words, ...names];
  const expected = `expected ${what} (${all.join(', ')})`;
  return choice((value) => {
    if (typeof value === 'string') {
      return words.includes(value)
        ? z.literal(value)
        : `${expected}, got '${value}'.${didYouMean(value, all)}`;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return `${expected}, got ${typeName(value)}`;
    }
    const keys = Object.keys(value);
    const found = names.find((name) => keys.includes(name));
    if (found !== undefined) return kinds[found]!;
    const given = keys.map((key) => `'${key}'`).join(', ') || 'no field';
    return `${expected}, got ${given}.${didYouMean(keys[0] ?? '', all)}`;
  });
}

const reply = choice((value) => {
  if (typeof value === 'string') return z.enum(['unreachable', 'timeout', 'silence']);
  return strict({
    status: z.int().min(100).max(599).optional(),
    json: json.optional(),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  });
});

const result = byKey(
  'a result of a module',
  {
    done: strict({ done: fields }),
    error: strict({ error: fields }),
    event: strict({ event: text, data: fields.optional(), facts: json.optional() }),
  },
  ['silence'],
);

const nth = z.int().min(1).max(1_000).optional();
const fetchOf = { fetch: pattern, method: text.optional() };
const moduleOf = {
  module: z.string().regex(/^\w+\.[\w.]+$/, "expected <module>.<element>, such as 'queue.submit'"),
  attributes: fields.optional(),
};

const answerRow = byKey('requests that a row answers', {
  fetch: strict({ ...fetchOf, reply: reply.optional(), replies: z.array(reply).min(1).optional() }).refine(
    hasOne('reply', 'replies'),
    'expected reply or replies, and not both',
  ),
  module: strict({
    ...moduleOf,
    result: result.optional(),
    results: z.array(result).min(1).optional(),
  }).refine(hasOne('result', 'results'), 'expected result or results, and not both'),
});

function hasOne(one: string, other: string): (row: object) => boolean {
  return (row) => Object.hasOwn(row, one) !== Object.hasOwn(row, other);
}

const expectedReply = strict({
  positive: z.boolean().optional(),
  resultCode: z.string().optional(),
  body: json.optional(),
  bodyHas: fields.optional(),
});

const texts = z.array(text);
const patterns = z.array(pattern);
const status = z.enum(['running', 'completed', 'terminated', 'failed']);

const byName = <T extends z.ZodType>(of: T) => z.record(z.string(), of);

const OF_CHILD = new Set(['child', 'in', 'notIn', 'configuration', 'data', 'status', 'ended']);

const expectedFields = {
  child: text.optional(),
  in: texts.optional(),
  notIn: texts.optional(),
  configuration: texts.optional(),
  data: fields.optional(),
  sequence: patterns.optional(),
  lines: patterns.optional(),
  noLines: patterns.optional(),
  replies: z.record(z.string(), expectedReply.nullable()).optional(),
  open: texts.optional(),
  status: status.optional(),
  ended: z.boolean().optional(),
  reason: pattern.optional(),
  donedata: json.optional(),
  notIgnored: texts.optional(),
  answered: byName(z.int().min(0)).optional(),
  timers: byName(z.int().min(0)).optional(),
  eventually: texts.optional(),
  leadsTo: z.array(strict({ after: text, to: text })).optional(),
};

function mayHaveChild(fieldsOf: object, context: z.RefinementCtx): void {
  if (!('child' in fieldsOf)) return;
  for (const name of Object.keys(fieldsOf).filter((key) => !OF_CHILD.has(key))) {
    context.addIssue({ code: 'custom', message: `expected no '${name}' beside 'child'`, path: [name] });
  }
}

const alternative = strict(expectedFields).superRefine(mayHaveChild);
const expected = strict({ ...expectedFields, any: z.array(alternative).min(1).optional() }).superRefine(
  mayHaveChild,
);

const step = byKey(
  'a step',
  {
    send: strict({ send: text, data: json.optional(), facts: json.optional(), child: text.optional() }),
    request: strict({
      request: text,
      data: json.optional(),
      as: text.optional(),
      reply: expectedReply.optional(),
    }),
    advance: strict({
      advance: z
        .string()
        .refine((time) => parseDelay(time) !== undefined, "expected a time such as '30s', '200ms' or '5m'"),
    }),
    answer: strict({
      answer: byKey('a request to answer', {
        fetch: strict({ ...fetchOf, nth, reply }),
        module: strict({ ...moduleOf, nth, result }),
      }),
    }),
    terminate: strict({ terminate: text }),
    expect: strict({ expect: expected }),
  },
  ['start', 'restart'],
);

export const scenarioSchema = strict({
  scenario: z.literal(SCENARIO_VERSION),
  name: text.optional(),
  document: text,
  documentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
    .optional(),
  dialect: z.enum(['w3c', 'ors']).optional(),
  params: fields.optional(),
  now: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-01-05T09:00:00Z' }).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  session: z
    .string()
    .regex(/^[\w.~-]{1,100}$/, 'expected a session id')
    .optional(),
  baseUrl: z.url().optional(),
  installation: strict({
    lists: byName(byName(json)).optional(),
    options: byName(byName(json)).optional(),
    specialDays: byName(z.array(z.string())).optional(),
  }).optional(),
  answers: z.array(answerRow).max(MAX_STEPS).optional(),
  steps: z.array(step).max(MAX_STEPS),
}) as unknown as z.ZodType<Scenario>;

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'fields' : `a ${typeof value}`;
}
