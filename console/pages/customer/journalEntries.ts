import { type Signal, signal } from '@preact/signals';
import type { JournalEntry } from '../../customer/index.ts';

/** A message with the customer who sent or got it. */
export interface LogEntry extends JournalEntry {
  /** Counts from 1 in this page. */
  readonly number: number;
  readonly customer: string;
}

/** Entries that the page keeps. Earlier ones are dropped. */
const MAX_ENTRIES = 5_000;

/** The messages of all customers of the page, oldest first. */
export class LogEntries {
  readonly entries: Signal<readonly LogEntry[]> = signal([]);
  #count = 0;

  add(customer: string, entry: JournalEntry): void {
    this.#count += 1;
    const added = { ...entry, customer, number: this.#count };
    this.entries.value = [...this.entries.value.slice(1 - MAX_ENTRIES), added];
  }

  clear(): void {
    this.entries.value = [];
  }
}

/** A command that sends the same request. A message of CometD becomes one of long-polling. */
export function curlOf({ wire, what, where, headers = {}, body = '' }: JournalEntry, base: string): string {
  const isBayeux = wire === 'CometD';
  const url = isBayeux ? `${base}/genesys/cometd` : where;
  const content = isBayeux ? `[${body}]` : body;
  const type = isBayeux ? { 'Content-Type': 'application/json' } : {};
  const lines = [
    `curl -X ${isBayeux ? 'POST' : what} ${quoted(url)}`,
    ...Object.entries({ ...headers, ...type }).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(content === '' ? [] : [`--data-raw ${quoted(content)}`]),
  ];
  return lines.join(' \\\n  ');
}

/** Text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
