import { z } from 'zod';

/** A JSON Schema (draft 2020-12), or another part of the document. */
export type Part = Record<string, unknown>;

/**
 * The JSON Schema of the values that a zod schema accepts (`input`), or of those that a reply has
 * (`output`). A field counts as optional when its schema accepts that it is absent: conversions from text
 * (z.preprocess) do not say so themselves.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Part {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const part = jsonSchema as Part;
      // Ids are names of any form, so this says nothing.
      if ((part.propertyNames as Part | undefined)?.type === 'string') simplifyNames(part);
      const described = zodSchema as unknown as z.ZodType;
      if (described instanceof z.ZodObject) listMandatory(described, part);
      if (io === 'input' && described instanceof z.ZodPipe) describeEnd(described, part);
    },
  }) as Part;
  return json;
}

export function acceptsAbsence(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

function simplifyNames(part: Part): void {
  if (Object.keys(part.propertyNames as Part).length === 1) delete part.propertyNames;
}

function listMandatory(schema: z.ZodObject, part: Part): void {
  const shape = schema.shape as Record<string, z.ZodType>;
  const required = Object.keys(shape).filter((name) => !acceptsAbsence(shape[name]!));
  if (required.length > 0) part.required = required;
  else delete part.required;
}

function describeEnd({ out }: z.ZodPipe, part: Part): void {
  if (!(out instanceof z.ZodTransform)) mergeEnd(part, jsonSchemaOf(out as z.ZodType, 'input'));
}

/** A text that is converted has the limits of its end, and a number may come as text. */
function mergeEnd(part: Part, end: Part): void {
  if (part.type === 'string' && (end.type === 'number' || end.type === 'integer')) {
    Object.assign(part, end, { type: [end.type, 'string'] });
    return;
  }
  Object.assign(part, end);
}
