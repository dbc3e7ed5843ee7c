import { type Command, Option } from 'commander';
import { AUDIT_ACTIONS } from '../../strategies/audit/index.ts';
import type { ProgramParts } from '../commandIo.ts';
import { readNumberTo } from '../readNumber.ts';
import { addServerOptions, type ServerFlags, targetOf } from '../serverOptions.ts';
import { auditCommand } from './auditCommand.ts';

interface AuditFlags extends ServerFlags {
  readonly since?: string;
  readonly until?: string;
  readonly who?: string;
  readonly object?: string;
  readonly action?: string;
  readonly before?: string;
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** The command for the audit log of a running server. */
export function addAuditCommand(program: Command, { io }: ProgramParts): void {
  const audit = program
    .command('audit')
    .description('List what administrators, partners and the server did on a running server, newest first.')
    .option('--since <time>', 'only entries at or after this time, for example 2026-01-05T09:00:00Z')
    .option('--until <time>', 'only entries before this time')
    .option('--who <name>', "only this actor, for example 'administrator anna'")
    .option('--object <name>', 'only this object, for example template:callback')
    .addOption(new Option('--action <action>', 'only this action').choices(AUDIT_ACTIONS))
    .option('--before <id>', 'only entries before the one with this id, to continue a list')
    .option('--limit <number>', 'maximum number of entries', readNumberTo(MAX_LIMIT), DEFAULT_LIMIT)
    .action(async (flags: AuditFlags) => {
      const { since, until, who, object, action, before, limit } = flags;
      await auditCommand(targetOf(io, flags), { since, until, who, object, action, before, limit });
    });
  addServerOptions(audit, io);
}
