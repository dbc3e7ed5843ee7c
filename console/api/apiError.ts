/** A refusal of the server, in its words. */
export class ApiError extends Error {
  readonly status: number;
  /** A code of docs/reference/errors.md. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body.message === 'string' ? body.message : `Status ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : '';
    this.details = body;
  }
}

/** The server was not reached, and it is not known whether it got the request. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('The connection to the server was lost.', { cause });
    this.name = 'ConnectionLost';
  }
}
