import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { defined, type Json, pushAll } from '../../engine/ports/index.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, printResult } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { fieldLines, table } from '../table.ts';
import { callbackOf } from './findCallbacks.ts';

const CALLBACKS = '/genesys/1/service/callback';
/** Ids of one request to cancel. */
const MAX_CANCELLED = 1_000;

export interface NewCallback {
  readonly service: string;
  readonly number: string | undefined;
  /** ISO 8601 with a zone. Undefined: now. */
  readonly time: string | undefined;
  readonly set: { readonly [name: string]: string };
}

/** Creates a callback, and prints the answer that a customer gets. */
export async function createCallback(
  { io, client }: AdminTarget,
  { service, number, time, set }: NewCallback,
): Promise<void> {
  const fields = { ...defined({ _customer_number: number, _desired_time: time }), ...set };
  const reply = (await client.ask('POST', `${CALLBACKS}/${encodeURIComponent(service)}`, fields)) as {
    readonly [name: string]: Json;
  };
  printResult(io, reply, () => fieldLines(reply));
}

export async function rescheduleCallback(target: AdminTarget, id: string, time: string): Promise<void> {
  const { io, client } = target;
  const { _service_name: service = '' } = await callbackOf(target, id);
  const path = `${CALLBACKS}/${encodeURIComponent(service)}/${encodeURIComponent(id)}`;
  await client.ask('PUT', path, { _new_desired_time: time });
  printResult(io, { _id: id, _desired_time: time }, () => `The callback ${id} has the desired time ${time}.`);
}

export interface CancelRequest {
  readonly ids: readonly string[];
  /** Path of a file with an id on each line; '-': the standard input. */
  readonly file: string | undefined;
  readonly reason: string;
}

interface Cancelled {
  readonly _id: string;
  readonly cancelled: boolean;
  readonly message?: string;
}

/** Cancels callbacks. FAILED when one of them was not cancelled. */
export async function cancelCallbacks(
  { io, client }: AdminTarget,
  { ids, file, reason }: CancelRequest,
): Promise<Exit> {
  const all = [...new Set([...ids, ...(file === undefined ? [] : await idsIn(io, file))])];
  if (all.length === 0) throw wrongUse('Expected ids of callbacks, or --file, got none.');
  const results: Cancelled[] = [];
  for (let at = 0; at < all.length; at += MAX_CANCELLED) {
    const part = all.slice(at, at + MAX_CANCELLED);
    const reply = await client.ask('POST', '/genesys/1/admin/callback/cancel', { reason, ids: part });
    pushAll(results, reply as unknown as Cancelled[]);
  }
  const rows = results.map(({ _id, cancelled, message = '' }) => [_id, cancelled ? 'yes' : 'no', message]);
  printResult(io, results, () => table(['CALLBACK', 'CANCELLED', ''], rows));
  return results.every(({ cancelled }) => cancelled) ? EXIT.OK : EXIT.FAILED;
}

async function idsIn(io: CommandIo, file: string): Promise<readonly string[]> {
  const content = file === '-' ? await text(io.stdin) : await readFile(resolve(io.cwd, file), 'utf8');
  return content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
