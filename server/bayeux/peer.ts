/** Who sends a Bayeux message: what the transport knows of the request. */
export interface Peer {
  /** Value of the BAYEUX_BROWSER cookie. */
  readonly browser?: string;
  /** gms_user of this request (header, else query parameter). */
  readonly gmsUser?: string;
  /** For transports bound to one connection: the session of its handshake. */
  readonly sessionId?: string;
}
