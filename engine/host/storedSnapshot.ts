import type { Durable, PutRecord } from '../durable/index.ts';
import type { SessionId } from '../ports/index.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';

/** Bases, by session: the text of a record is `<number>\n<data>`. */
export const SESSION_BASE = 'sessionBase';
/** Fewer characters of data stay in the record of their session. */
const MIN_BASE_CHARS = 1_024;
/** The part of the data that a change may have; a longer one becomes a new base. */
const MAX_CHANGE = 1 / 4;
/**
 * Begins the text of a session whose data have a base: `base <number> <start> <end>`. A snapshot begins with
 * '{'.
 */
const MARK = 'base ';

/**
 * The records of a session and its snapshot, for the batch of a step. The first line of a snapshot changes at
 * each step; the other lines, the data, change little.
 *
 * SST1. The text of the session's record is the first line, and the change: the characters of the data
 *       between the first and the last one that differ from the base, which is a second record.
 * SST2. A step writes the session's record. When the change is longer than MAX_CHANGE of the data, the step
 *       also writes the present data as the new base, with the next number.
 * SST3. Both records are in one batch, so that no crash separates them. Each base has a number, and a change
 *       is read only with the base that it was made from.
 * SST4. When the data are shorter than MIN_BASE_CHARS, the text of the session's record is the snapshot. A
 *       base becomes empty then, so that no value stays in it that the document has deleted. It keeps a
 *       number, so that none is used again.
 */
export function snapshotRecords(
  durable: Durable,
  record: SessionRecord,
  snapshot: string,
): readonly PutRecord[] {
  const key = record.sessionId;
  const { line, data } = divide(snapshot);
  const base = readBase(durable, key);
  const number = (base?.number ?? 0) + 1;
  if (data.length < MIN_BASE_CHARS) {
    const put = [{ table: SESSION, key, value: record, text: snapshot }];
    if (base === undefined || base.data === '') return put;
    return [...put, baseRecord(key, { number, data: '' })];
  }
  const { start, end } = base === undefined ? { start: 0, end: 0 } : sameEnds(base.data, data);
  const length = data.length - start - end;
  if (base !== undefined && length <= data.length * MAX_CHANGE) {
    const change = data.slice(start, data.length - end);
    const text = `${MARK}${base.number} ${start} ${end}\n${line}\n${change}`;
    return [{ table: SESSION, key, value: record, text }];
  }
  return [
    { table: SESSION, key, value: record, text: `${MARK}${number} ${data.length} 0\n${line}\n` },
    baseRecord(key, { number, data }),
  ];
}

/**
 * The snapshot of a session, as HostedExecution.snapshotText() gave it. Undefined: the store has none. Throws
 * an Error when its base is missing or is another one.
 */
export function readSnapshot(durable: Durable, sessionId: SessionId): string | undefined {
  const text = durable.text(SESSION, sessionId);
  if (text === undefined || !text.startsWith(MARK)) return text;
  const stored = divide(text);
  const { line, data: change } = divide(stored.data);
  const [number, start = 0, end = 0] = stored.line.slice(MARK.length).split(' ').map(Number);
  const base = readBase(durable, sessionId);
  if (base === undefined || base.number !== number) {
    const found = base === undefined ? 'none' : `number ${base.number}`;
    throw new Error(`Expected the base of the snapshot, number ${number}, got ${found}.`);
  }
  return `${line}\n${base.data.slice(0, start)}${change}${base.data.slice(base.data.length - end)}`;
}

interface Base {
  readonly number: number;
  readonly data: string;
}

function baseRecord(key: SessionId, { number, data }: Base): PutRecord {
  return { table: SESSION_BASE, key, value: 1, text: `${number}\n${data}` };
}

function readBase(durable: Durable, sessionId: SessionId): Base | undefined {
  const text = durable.text(SESSION_BASE, sessionId);
  if (text === undefined) return undefined;
  const { line, data } = divide(text);
  return { number: Number(line), data };
}

function divide(text: string): { readonly line: string; readonly data: string } {
  const end = text.indexOf('\n');
  return end < 0 ? { line: text, data: '' } : { line: text.slice(0, end), data: text.slice(end + 1) };
}

/**
 * The numbers of characters at the start and at the end that are the same. No pair of surrogates is divided.
 */
function sameEnds(before: string, after: string): { readonly start: number; readonly end: number } {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start > 0 && isHighSurrogate(after.charCodeAt(start - 1))) start--;
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end++;
  }
  if (end > 0 && isLowSurrogate(after.charCodeAt(after.length - end))) end--;
  return { start, end };
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
