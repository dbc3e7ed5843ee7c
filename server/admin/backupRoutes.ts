import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { callerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';

export interface BackupRoutesDeps {
  /** The bytes of a backup; undefined: the server has no data directory. */
  readonly backup: (() => AsyncIterable<Uint8Array>) | undefined;
}

/** A backup of the data directory, for `orsay store backup`. A reply that breaks off has no end frame. */
export function registerBackupRoutes(router: Router, { backup }: BackupRoutesDeps): void {
  router.get('/genesys/1/admin/backup', (ctx) => {
    // It has the data of every customer, and the hashes of passwords.
    const caller = callerOf(ctx);
    if (caller.kind !== 'administrator' || caller.role !== 'administrator') throw new WireError('FORBIDDEN');
    if (backup === undefined) {
      throw new WireError('UNAVAILABLE', {
        message: 'The server has no data directory: its store is in memory.',
      });
    }
    ctx.type = 'application/octet-stream';
    ctx.body = Readable.from(backup());
  });
}
