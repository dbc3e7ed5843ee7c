import { z } from 'zod';
import type { Json } from '../ports/index.ts';
import { type Place, readYaml, strict } from '../scenario/index.ts';
import { DEFAULT_TIMES, type Property, type RequestPattern, type Surroundings } from './surroundings.ts';

const json = z.json() as z.ZodType<Json>;
const fields = z.record(z.string(), json);
const text = z.string().min(1, 'expected a text, got an empty one');
const module = z.string().regex(/^\w+\.[\w.]+$/, "expected <module>.<element>, such as 'queue.submit'");

const pattern = strict({ fetch: z.string().optional(), method: text.optional(), module: module.optional() });
const givenBack = strict({
  fetch: z.string().optional(),
  method: text.optional(),
  module: module.optional(),
  done: z.boolean().optional(),
});

const event = strict({
  request: text.optional(),
  notice: text.optional(),
  data: z.array(json).min(1).optional(),
  facts: json.optional(),
  times: z.int().min(1).max(100).optional(),
}).refine((row) => (row.request === undefined) !== (row.notice === undefined), {
  message: 'expected request or notice, and not both',
});

const property = strict({
  name: text.optional(),
  invariant: text.optional(),
  never: text.optional(),
  eventually: text.optional(),
  after: text.optional(),
  leadsTo: text.optional(),
}).superRefine((row, context) => {
  const kinds = (['invariant', 'never', 'eventually', 'leadsTo'] as const).filter((kind) => row[kind]);
  if (kinds.length !== 1) {
    context.addIssue({ code: 'custom', message: 'expected one of invariant, never, eventually and leadsTo' });
  } else if ((row.after !== undefined) !== (kinds[0] === 'leadsTo')) {
    context.addIssue({ code: 'custom', message: "expected 'after' beside 'leadsTo', and only there" });
  }
});

const surroundingsSchema = strict({
  starts: z.array(fields).min(1).optional(),
  fetches: z
    .array(
      strict({
        fetch: z.string(),
        method: text.optional(),
        ok: z.array(json).min(1),
        prompt: z.boolean().optional(),
      }),
    )
    .optional(),
  modules: z
    .array(
      strict({
        module,
        done: z.array(fields).optional(),
        error: z.array(fields).optional(),
        prompt: z.boolean().optional(),
      }),
    )
    .optional(),
  events: z.array(event).optional(),
  otherEvents: z.boolean().optional(),
  interactions: z.record(z.string(), z.array(fields).min(1)).optional(),
  held: z.array(strict({ name: text, takenBy: pattern, givenBackBy: z.array(givenBack).min(1) })).optional(),
  properties: z.array(property).optional(),
  terminate: z.boolean().optional(),
});

type Written = z.infer<typeof surroundingsSchema>;

/** Reads the surroundings of a document: YAML, or JSON. `url`: the file. Throws ScenarioError. */
export function readSurroundings(source: string, url: string): Surroundings {
  const { content, place } = readYaml<Written>(source, url, { schema: surroundingsSchema });
  return {
    starts: content.starts ?? [{}],
    fetches: (content.fetches ?? []).map((row) => ({
      ...(row as Surroundings['fetches'][number]),
      prompt: row.prompt ?? false,
    })),
    modules: (content.modules ?? []).map(({ module: name, done, error, prompt }) => ({
      module: name,
      done: done ?? [{}],
      error: error ?? [{ error: 'failed', description: 'it failed' }],
      prompt: prompt ?? false,
    })),
    events: (content.events ?? []).map(eventRow),
    otherEvents: content.otherEvents ?? true,
    interactions: content.interactions ?? {},
    held: (content.held ?? []).map(({ name, takenBy, givenBackBy }) => ({
      name,
      takenBy: takenBy as RequestPattern,
      givenBackBy: givenBackBy as readonly (RequestPattern & { readonly done?: boolean })[],
    })),
    properties: (content.properties ?? []).map((row, index) => propertyOf(row, place(['properties', index]))),
    terminate: content.terminate ?? false,
  };
}

function eventRow({
  request,
  notice,
  data = [{}],
  facts,
  times = DEFAULT_TIMES,
}: NonNullable<Written['events']>[number]): Surroundings['events'][number] {
  const kind = request === undefined ? 'notice' : 'request';
  return { event: request ?? notice!, kind, data, times, ...(facts !== undefined && { facts }) };
}

function propertyOf(row: NonNullable<Written['properties']>[number], at: Place): Property {
  const { invariant, never, eventually, after, leadsTo } = row;
  const named = (condition: string, kind: string) => ({
    condition,
    name: row.name ?? `${kind} ${condition}`,
    at,
  });
  if (invariant !== undefined) return { kind: 'invariant', ...named(invariant, 'invariant') };
  if (never !== undefined) return { kind: 'never', ...named(never, 'never') };
  if (eventually !== undefined) return { kind: 'eventually', ...named(eventually, 'eventually') };
  const name = row.name ?? `${after} leads to ${leadsTo}`;
  return { kind: 'leadsTo', name, at, condition: after!, to: leadsTo! };
}
