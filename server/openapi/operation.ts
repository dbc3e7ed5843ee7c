import type { z } from 'zod';
import type { Json } from '../../engine/ports/index.ts';
import type { WireErrorCode } from '../errors/index.ts';

/** The effect of a repeated request, as docs/reference/http.md explains it. */
export type Repetition = 'reads' | 'key' | 'nature' | 'nature, key';

/** Values by name. A value is mandatory when its schema does not accept that it is absent. */
export type Fields = Readonly<Record<string, z.ZodType>>;

export interface RequestBody {
  readonly schema: z.ZodType;
  /** Content types; absent: FORM_TYPES. */
  readonly types?: readonly string[];
  /** The content type of each file in the example of a multipart body, by the name of its field. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly description: string;
  /** Absent: the reply has no body. */
  readonly schema?: z.ZodType;
  /** Absent: application/json. */
  readonly type?: string;
  /** Schemas of bodies of other types. */
  readonly others?: Readonly<Record<string, z.ZodType>>;
  /** Meaning of each header of its own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request and its reply, with the values that the platform's documentation prints, if there are such. */
export interface Example {
  readonly summary?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text for a type that is not a form and not JSON. */
  readonly body?: Json;
  /** Content type of the body; absent: the first of the operation. */
  readonly type?: string;
  readonly reply: {
    readonly status: number;
    /** Absent: no body, or bytes. */
    readonly body?: Json;
  };
}

/** The description of one route. The audience of its router is not repeated here. */
export interface Operation {
  /** Begins with a verb: "creates a storage area". */
  readonly summary: string;
  readonly description?: string;
  readonly repeated: Repetition;
  /** Parameters of the path; one that is absent here is a text. */
  readonly path?: Fields;
  readonly query?: Fields;
  readonly headers?: Fields;
  readonly body?: RequestBody;
  /** By status. */
  readonly replies: Readonly<Record<number, Reply>>;
  /** The errors of its own. Those that every route of its audience may have are added. */
  readonly errors?: readonly WireErrorCode[];
  /** By a name that is unique in the operation. */
  readonly examples?: Readonly<Record<string, Example>>;
}

/** The description of an API: one table in the folder of its routes. */
export interface ApiDescription {
  /** A heading of the routes in docs/reference/http.md. */
  readonly tag: string;
  readonly description: string;
  /** By method and path, as they are registered: `POST /genesys/1/storage/:ttl`. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** A body that every route with fields accepts. Parameters of a form may also be in the query. */
export const FORM_TYPES: readonly string[] = [
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/json',
];
