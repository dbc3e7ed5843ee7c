import { Socket } from 'node:net';
import { ChildSessions } from './childSessions.ts';
import { FrameReader, frameOf } from './frames.ts';
import { MAX_FRAME_BYTES_TO_CHILD } from './limits.ts';
import type { ToChild } from './messages.ts';

/** The descriptor of the socket to the server: the only one beside the standard streams. */
const SERVER_FD = 3;
/** ms that an answer may wait for the next ones. The server takes silence for a step that does not end. */
const MAX_HELD_MS = 4;

/** Main of an engine child. It has no environment, no files, and no clock but the time in its requests. */
function main(): void {
  const sessions = new ChildSessions();
  const reader = new FrameReader(MAX_FRAME_BYTES_TO_CHILD);
  const server = new Socket({ fd: SERVER_FD });

  /** Answers to requests that came together leave together: a system call for each costs more than a step. */
  server.on('data', (bytes: Buffer) => {
    let heldSince = performance.now();
    server.cork();
    for (const text of reader.read(bytes)) {
      const message = JSON.parse(text) as ToChild;
      const answer = sessions.handle(message);
      if (answer === undefined) continue;
      server.write(frameOf(answer));
      // The server gives a compilation more time than a step, until it has the answer.
      if (message.kind !== 'program' && performance.now() - heldSince < MAX_HELD_MS) continue;
      server.uncork();
      server.cork();
      heldSince = performance.now();
    }
    server.uncork();
  });
  server.on('error', () => process.exit(1));
  server.on('close', () => process.exit(0));
  server.write(frameOf(JSON.stringify({ kind: 'ready' })));
}

main();
