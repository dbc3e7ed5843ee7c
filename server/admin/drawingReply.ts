import { z } from 'zod';
import { bytesOf, type Reply } from '../openapi/index.ts';

const PLACE = {
  file: z.number().int().describe('A number in `files`, from 0.'),
  line: z.number().int(),
};
const POINT = z.object({ x: z.number(), y: z.number() });
const LABEL = POINT.extend({ lines: z.array(z.string()) }).optional();

/** The layout of a chart (ChartLayout of engine/draw) as JSON. */
export const LAYOUT = z.object({
  title: z.string(),
  width: z.number().describe('Pixels, as all places.'),
  height: z.number(),
  files: z.array(z.string()).describe('URLs of the document and its includes.'),
  states: z
    .array(
      z.object({
        id: z.string(),
        group: z.string().describe('The id of its group in the SVG.'),
        kind: z.string(),
        ...PLACE,
        ...POINT.shape,
        width: z.number(),
        height: z.number(),
        label: LABEL.describe('The texts below its name.'),
      }),
    )
    .describe('Outer states come before those inside.'),
  transitions: z
    .array(
      z.object({
        transition: z.number().int().describe('Its number, in document order.'),
        group: z.string(),
        source: z.string().describe('Id of its state.'),
        ...PLACE,
        points: z.array(POINT).describe('Empty without a target: its label is in the box of its state.'),
        label: LABEL,
      }),
    )
    .describe('A transition with several targets has several.'),
});

export const DRAWING_FORMAT = z
  .enum(['svg', 'json'])
  .describe('json: the places of states and transitions, with the ids that they have in the SVG.')
  .optional();

export const DRAWING: Reply = {
  ...bytesOf('The drawing, or its places.', 'image/svg+xml'),
  others: { 'application/json': LAYOUT },
};

/** The body with the texts of a document that the server need not have. */
export const SOURCES = z.strictObject({
  dialect: z.enum(['ors', 'w3c']).optional(),
  sources: z
    .array(z.strictObject({ url: z.url().max(8_192), text: z.string() }))
    .min(1)
    .max(1_000)
    .describe('The document first, then its includes.'),
});
