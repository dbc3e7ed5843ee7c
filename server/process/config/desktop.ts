import { z } from 'zod';
import type { AfterWorkSettings } from '../../../strategies/interaction/index.ts';
import type { DesktopSettings } from '../../agent/index.ts';

/** Canned texts, reasons and dispositions in one list. */
export const MAX_DESKTOP_ITEMS = 2_000;
/** Characters of one of their texts: as much as a message may have. */
const MAX_TEXT_CHARS = 8_192;
/** Characters of a code, a name or a language. */
const MAX_NAME_CHARS = 64;

const name = z.string().min(1).max(MAX_NAME_CHARS);
const text = z.string().min(1).max(MAX_TEXT_CHARS);
const codes = z
  .array(z.strictObject({ code: name, text }))
  .max(MAX_DESKTOP_ITEMS)
  .superRefine((items, context) =>
    checkUnique(
      'code',
      items.map(({ code }) => code),
      context,
    ),
  )
  .optional();

/** The section `desktop`: texts and codes for the desktops of agents, and the work after an interaction. */
export const desktopSchema = z
  .strictObject({
    cannedTexts: z
      .array(
        z.strictObject({
          id: name,
          text,
          title: z.string().max(MAX_NAME_CHARS).optional(),
          group: name.optional(),
          /** A language tag, as de or pt-BR; absent: for customers of all languages. */
          language: name.optional(),
        }),
      )
      .max(MAX_DESKTOP_ITEMS)
      .superRefine((items, context) =>
        checkUnique(
          'id',
          items.map(({ id }) => id),
          context,
        ),
      )
      .optional(),
    /** Why agents are not ready; empty: they give any text. */
    notReadyReasons: codes,
    /** Results of interactions; empty: agents give any text. */
    dispositions: codes,
    afterWork: z
      .strictObject({
        /** Seconds that an agent has after an interaction; 0: no such work. */
        seconds: z.number().min(0).max(86_400).optional(),
        disposition: z.enum(['optional', 'required']).optional(),
      })
      .optional(),
  })
  .prefault({});

export type DesktopConfig = z.infer<typeof desktopSchema>;

/** The section with its defaults. They are not in the schema, so that a change is compared with the file. */
export function desktopOf({
  cannedTexts = [],
  notReadyReasons = [],
  dispositions = [],
  afterWork: { seconds = 0, disposition = 'optional' } = {},
}: DesktopConfig): DesktopSettings {
  return { cannedTexts, notReadyReasons, dispositions, afterWork: { seconds, disposition } };
}

export function afterWorkOf(config: DesktopConfig): AfterWorkSettings {
  const { afterWork, dispositions } = desktopOf(config);
  return {
    timeMs: afterWork.seconds * 1000,
    needsDisposition: afterWork.disposition === 'required',
    dispositions: dispositions.map(({ code }) => code),
  };
}

function checkUnique(field: string, values: readonly string[], context: z.RefinementCtx): void {
  for (const [at, value] of values.entries()) {
    if (values.indexOf(value) === at) continue;
    context.addIssue({
      code: 'custom',
      path: [at, field],
      message: `expected another ${field}: '${value}' is there already`,
    });
  }
}
