import { printNote, printResult } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { fieldLines, table } from '../table.ts';
import { type CallbackFilter, callbackOf, findCallbacks } from './findCallbacks.ts';

export async function listCallbacks(
  target: AdminTarget,
  filter: CallbackFilter,
  limit: number,
): Promise<void> {
  const { io } = target;
  const { records, full } = await findCallbacks(target, filter, limit);
  const rows = records.map((record) =>
    ['_id', '_service_name', '_callback_state', '_callback_reason', '_desired_time', '_customer_number'].map(
      (name) => record[name] ?? '',
    ),
  );
  printResult(io, records, () =>
    table(['CALLBACK', 'SERVICE', 'STATE', 'REASON', 'DESIRED', 'NUMBER'], rows),
  );
  if (full.length > 0) printNote(io, 'There may be more callbacks. Expected a narrower filter, or --limit.');
}

export async function showCallback(target: AdminTarget, id: string): Promise<void> {
  const found = await callbackOf(target, id);
  printResult(target.io, found, () => fieldLines(found));
}
