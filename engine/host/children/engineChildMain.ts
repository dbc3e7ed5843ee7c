import { Socket } from 'node:net';
import { answerLoad } from './childLoads.ts';
import { ChildSessions } from './childSessions.ts';
import { FrameReader, frameOf } from './frames.ts';
import { MAX_FRAME_BYTES_TO_CHILD } from './limits.ts';
import { splitText, type ToChild } from './messages.ts';

/** The descriptor of the socket to the server: the only one beside the standard streams. */
const SERVER_FD = 3;

/** Main of an engine child. It has no environment, no files, and no clock but the time in its requests. */
function main(): void {
  const sessions = new ChildSessions();
  const reader = new FrameReader(MAX_FRAME_BYTES_TO_CHILD);
  const server = new Socket({ fd: SERVER_FD });

  server.on('data', (bytes: Buffer) => {
    for (const frame of reader.read(bytes)) {
      const { json, text } = splitText(frame);
      const message = JSON.parse(json) as ToChild;
      if (message.kind === 'load') {
        void answerLoad(message, text).then((answer) => server.write(frameOf(answer)));
        continue;
      }
      const answer = sessions.handle(message, text);
      // At once, although it takes a fifth of the time of a step: the server knows then which request the
      // child works at.
      if (answer !== undefined) server.write(frameOf(answer));
    }
  });
  server.on('error', () => process.exit(1));
  server.on('close', () => process.exit(0));
  server.write(frameOf(JSON.stringify({ kind: 'ready' })));
}

main();
