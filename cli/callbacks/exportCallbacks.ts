import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvLine } from '../../engine/ports/index.ts';
import { printNote } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { type CallbackFilter, type CallbackRecord, everyCallback } from './findCallbacks.ts';

/** Columns of a CSV file when the command line names none. Their values are texts of every callback. */
const COLUMNS = [
  '_id',
  '_service_name',
  '_customer_number',
  '_desired_time',
  '_expiration_time',
  '_callback_state',
  '_callback_reason',
];

export interface ExportRequest {
  readonly format: 'csv' | 'ndjson';
  /** Undefined: COLUMNS as CSV, and all properties as NDJSON. */
  readonly columns: readonly string[] | undefined;
  /** Path of a file. Undefined: the standard output. */
  readonly output: string | undefined;
}

/** Writes all callbacks that a filter finds. */
export async function exportCallbacks(
  target: AdminTarget,
  filter: CallbackFilter,
  { format, columns, output }: ExportRequest,
): Promise<void> {
  const { io } = target;
  let count = 0;
  const counted = async function* (): AsyncGenerator<CallbackRecord> {
    for await (const record of everyCallback(target, filter)) {
      count += 1;
      yield record;
    }
  };
  const lines = format === 'csv' ? csvLines(counted(), columns ?? COLUMNS) : jsonLines(counted(), columns);
  if (output === undefined) await pipeline(Readable.from(lines), io.stdout, { end: false });
  else await pipeline(Readable.from(lines), createWriteStream(resolve(io.cwd, output)));
  printNote(io, `${count} callbacks${output === undefined ? '' : ` in ${output}`}.`);
}

async function* csvLines(
  records: AsyncIterable<CallbackRecord>,
  columns: readonly string[],
): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const record of records) yield csvLine(columns.map((name) => record[name] ?? ''));
}

async function* jsonLines(
  records: AsyncIterable<CallbackRecord>,
  columns: readonly string[] | undefined,
): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(picked(record, columns))}\n`;
}

function picked(record: CallbackRecord, columns: readonly string[] | undefined): CallbackRecord {
  if (columns === undefined) return record;
  return Object.fromEntries(columns.flatMap((name) => (name in record ? [[name, record[name]!]] : [])));
}
