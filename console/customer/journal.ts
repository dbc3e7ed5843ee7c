/** A message that the client sent or got, for a page that shows them. */
export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly wire: 'HTTP' | 'CometD';
  readonly direction: 'sent' | 'received';
  /** The method of HTTP, or the channel of CometD. */
  readonly what: string;
  /** HTTP: the URL. CometD: the transport. */
  readonly where: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status of a reply of HTTP; 0: no reply came. */
  readonly status?: number;
  /** Milliseconds from the request of HTTP to this reply. */
  readonly ms?: number;
}

export type Journal = (entry: JournalEntry) => void;
