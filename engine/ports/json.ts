/** A JSON value. Event data crosses the border of the data model only as JSON text. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * A value as text: '' if there is none, JSON if it is no text, number or flag. String() throws for an object
 * with a field `toString`.
 */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
