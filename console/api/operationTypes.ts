import type { Operations } from './operations.ts';

/** A route of the server, such as `GET /genesys/1/admin/sessions`. */
export type OperationName = keyof Operations;

export type ReplyOf<Name extends OperationName> = Operations[Name]['reply'];
type PathOf<Name extends OperationName> = Operations[Name]['path'];
type QueryOf<Name extends OperationName> = Operations[Name]['query'];
type BodyOf<Name extends OperationName> = Operations[Name]['body'];

/** `path` is mandatory where the route has parameters. */
export type InputOf<Name extends OperationName> = {
  readonly query?: Partial<QueryOf<Name>>;
  /** Sent as JSON. */
  readonly json?: BodyOf<Name>;
  /** Sent as it is: a FormData, a file, a text. */
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
} & (keyof PathOf<Name> extends never ? { readonly path?: undefined } : { readonly path: PathOf<Name> });

/** No argument where nothing is mandatory. */
export type Inputs<Name extends OperationName> = keyof PathOf<Name> extends never
  ? [input?: InputOf<Name>]
  : [input: InputOf<Name>];
