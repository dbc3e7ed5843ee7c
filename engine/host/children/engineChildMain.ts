import { Socket } from 'node:net';
import { answerLoad } from './childLoads.ts';
import { ChildSessions } from './childSessions.ts';
import { FrameReader, frameOf, type Message } from './frames.ts';
import { MAX_FRAME_BYTES_TO_CHILD } from './limits.ts';
import type { ToChild } from './messages.ts';

/** The descriptor of the socket to the server: the only one beside the standard streams. */
const SERVER_FD = 3;

/** Main of an engine child. It has no environment, no files, and no clock but the time in its requests. */
function main(): void {
  const sessions = new ChildSessions();
  const reader = new FrameReader(MAX_FRAME_BYTES_TO_CHILD);
  const server = new Socket({ fd: SERVER_FD });

  function write(message: Message): void {
    for (const part of frameOf(message)) server.write(part);
  }

  server.on('data', (bytes: Buffer) => {
    for (const { json, text } of reader.read(bytes)) {
      const message = JSON.parse(json) as ToChild;
      if (message.kind === 'load') {
        void answerLoad(message, text.toString('utf8')).then(write);
        continue;
      }
      const answer = sessions.handle(message, text);
      // At once, although it takes a fifth of the time of a step: the server knows then which request the
      // child works at.
      if (answer !== undefined) write({ json: answer });
    }
  });
  server.on('error', () => process.exit(1));
  server.on('close', () => process.exit(0));
  write({ json: JSON.stringify({ kind: 'ready' }) });
}

main();
