declare const brand: unique symbol;

/** Text of one kind, for example a session's id. The compiler refuses other text, and ids of another kind. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/**
 * Id of a session: 32 upper-case alphanumeric characters (ors-dialect 1); an invoked session's has a suffix.
 */
export type SessionId = Branded<'SessionId'>;

/*
 * Ids of events, requests and invokes are plain text, on purpose. They have no record of their own: each
 * means something only together with the id of its session, which has a brand, and only eventKey() and
 * effectTask() make keys of the two. A document or a client chooses most of them, so a brand would vouch for
 * nothing. They are fields of SCXML events (sendid, invokeid), which are text for document code.
 */

/** Characters of an id from outside. A longer id would not fit into the keys of the store. */
const MAX_ID_CHARS = 1_500;

/**
 * Reads an id from outside: text of 1 to MAX_ID_CHARS characters. Nothing may have it. Undefined: not such
 * text.
 */
export function readId<Id extends Branded<string>>(raw: unknown): Id | undefined {
  const isId = typeof raw === 'string' && raw !== '' && raw.length <= MAX_ID_CHARS;
  return isId ? (raw as Id) : undefined;
}

/** Reads an id from outside, as readId does. Throws the error that an id gets which nothing has. */
export function parseId<Id extends Branded<string>>(raw: unknown, notFound: (text: string) => Error): Id {
  const id = readId<Id>(raw);
  if (id !== undefined) return id;
  throw notFound(String(raw ?? ''));
}

/**
 * Marks an id that the product itself made, or wrote into a key of the store. Never for text from outside.
 */
export function ownId<Id extends Branded<string>>(text: string): Id {
  return text as Id;
}
