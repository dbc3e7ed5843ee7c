import { Socket } from 'node:net';
import { ChildSessions } from './childSessions.ts';
import { FrameReader, frameOf } from './frames.ts';
import { ANSWERS_AT_ONCE, MAX_FRAME_BYTES_TO_CHILD, MAX_HELD_MS } from './limits.ts';
import type { ToChild } from './messages.ts';

/** The descriptor of the socket to the server: the only one beside the standard streams. */
const SERVER_FD = 3;

/** Main of an engine child. It has no environment, no files, and no clock but the time in its requests. */
function main(): void {
  const sessions = new ChildSessions();
  const reader = new FrameReader(MAX_FRAME_BYTES_TO_CHILD);
  const server = new Socket({ fd: SERVER_FD });

  server.on('data', (bytes: Buffer) => {
    let answers: Buffer[] = [];
    let heldSince = performance.now();
    const send = (): void => {
      if (answers.length > 0) server.write(Buffer.concat(answers));
      answers = [];
      heldSince = performance.now();
    };
    for (const text of reader.read(bytes)) {
      const message = JSON.parse(text) as ToChild;
      const answer = sessions.handle(message);
      if (answer === undefined) continue;
      answers.push(frameOf(answer));
      const isHeldEnough = answers.length >= ANSWERS_AT_ONCE || performance.now() - heldSince >= MAX_HELD_MS;
      // The server gives a compilation more time than a step, until it has the answer.
      if (isHeldEnough || message.kind === 'program') send();
    }
    send();
  });
  server.on('error', () => process.exit(1));
  server.on('close', () => process.exit(0));
  server.write(frameOf(JSON.stringify({ kind: 'ready' })));
}

main();
