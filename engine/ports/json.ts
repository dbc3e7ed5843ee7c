/** A JSON value. Event data crosses the border of the data model only as JSON text. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
