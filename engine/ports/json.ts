/** Anything that JSON can carry. Event data crosses the border of the data model as JSON text only. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
