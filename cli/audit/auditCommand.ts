import { defined, type Json, pushAll } from '../../engine/ports/index.ts';
import { printNote, printResult } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { table } from '../table.ts';

export interface AuditRequest {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly who: string | undefined;
  readonly object: string | undefined;
  readonly action: string | undefined;
  /** The list begins after the entry with this id. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Prints entries of the audit log of a server, newest first, one on each line. */
export async function auditCommand({ io, client }: AdminTarget, request: AuditRequest): Promise<void> {
  const { limit, before, ...filter } = request;
  const entries: Record<string, Json>[] = [];
  let next = before;
  // A page that found nothing may have a next one.
  do {
    const query = new URLSearchParams({
      ...defined({ ...filter, before: next }),
      limit: String(limit - entries.length),
    });
    const page = (await client.ask('GET', `/genesys/1/admin/audit?${query}`)) as unknown as AuditPage;
    pushAll(entries, page.entries);
    next = page.next;
  } while (next !== undefined && entries.length < limit);
  const rows = entries.map(({ at, who, address, action, object, details }) =>
    [at, who, address, action, object, details && JSON.stringify(details)].map((cell) => String(cell ?? '')),
  );
  printResult(io, entries, () => table(['TIME', 'WHO', 'ADDRESS', 'ACTION', 'OBJECT', 'DETAILS'], rows));
  if (next !== undefined) printNote(io, `There may be more entries. Continue with --before ${next}`);
}

interface AuditPage {
  readonly entries: readonly Record<string, Json>[];
  readonly next?: string;
}
