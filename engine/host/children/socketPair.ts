import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readingOf } from './socketReading.ts';

export interface SocketPair {
  readonly ours: Socket;
  /** To be given to another process: paused, nothing of it was read. */
  readonly theirs: Socket;
}

/**
 * Two ends of a connection. `onBytes` hears what comes at our end, in memory that is written over when it has returned:
 * no socket that Node.js makes for a child process reads so. Rejects when the system gives none.
 */
export async function socketPair(onBytes: (bytes: Uint8Array) => void): Promise<SocketPair> {
  const place = await listeningPlace();
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(place.path);
    await once(server, 'listening');
    const ours = connect({ path: place.path, onread: readingOf(onBytes) });
    const refused = once(ours, 'close').then(() => {
      throw new Error('Expected a connection to this process, got none.');
    });
    const [theirs] = (await Promise.race([once(server, 'connection'), refused])) as [Socket];
    return { ours, theirs };
  } finally {
    server.close();
    await place.remove();
  }
}

/**
 * On Linux a name that is in no filesystem: it needs neither room nor rights there. Who knows it and connects to it before
 * us gets a child without sessions, and we none.
 */
async function listeningPlace(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const name = `orsay-${randomUUID()}`;
  if (process.platform === 'linux') return { path: `\0${name}`, async remove() {} };
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\${name}`, async remove() {} };
  const directory = await mkdtemp(join(tmpdir(), 'orsay-'));
  return { path: join(directory, name), remove: () => rm(directory, { recursive: true, force: true }) };
}
