/** A party of a chat, and its messages: `name:number`. */
export interface Speaker {
  readonly name: string;
  /** Messages whose reply arrived. */
  readonly acked: ReadonlySet<string>;
  /** Messages of which it is not known whether the server has them. */
  readonly unknown: ReadonlySet<string>;
}
