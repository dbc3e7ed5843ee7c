import { Socket } from 'node:net';
import { createChildMark } from './childMark.ts';
import { createChildSessions } from './childSessions.ts';
import { createFrameReader, createFrameWriter } from './frames.ts';
import { CALLS_AT_ONCE, FRAME_TARGET_CHARS, MAX_FRAME_BYTES_TO_CHILD } from './limits.ts';
import type { ToChild } from './messages.ts';
import { readingOf } from './socketReading.ts';

/** The child's one descriptor beside its standard streams: the socket to its parent. */
const PARENT_FD = 3;
/** After so many ms answers leave though there are fewer than CALLS_AT_ONCE and the frame has more to do. */
const MAX_HELD_MS = 4;

/**
 * Main of an engine child. It knows its parent and nothing else: no environment, no files, no clock but the
 * one that steps name.
 */
function main(): void {
  const sessions = createChildSessions();
  const read = createFrameReader(MAX_FRAME_BYTES_TO_CHILD);
  const mark = createChildMark();
  const options = { fd: PARENT_FD, onread: readingOf(hear) };
  const parent = new Socket(options);
  const writer = createFrameWriter((frame, isSent) => parent.write(frame, isSent));

  function hear(bytes: Uint8Array): void {
    let answers = 0;
    let since = performance.now();
    for (const { text } of read(bytes)) {
      for (const message of JSON.parse(text) as readonly ToChild[]) {
        // The parent reads it if this hangs.
        if ('call' in message) mark(message.call);
        const answer = sessions.handle(message);
        if (answer === undefined) continue;
        writer.add(answer.text, answer.kept);
        answers++;
        const now = performance.now();
        const isHeld =
          answers < CALLS_AT_ONCE && now - since < MAX_HELD_MS && writer.chars < FRAME_TARGET_CHARS;
        // Until it hears of a compilation, the parent gives what follows as much time.
        if (isHeld && message.kind !== 'program') continue;
        writer.send();
        answers = 0;
        since = now;
      }
    }
    writer.send();
  }

  // A child without its parent has nothing to live for.
  parent.on('error', () => process.exit(1));
  parent.on('close', () => process.exit(0));
  parent.resume();
  writer.add(JSON.stringify({ kind: 'ready' }));
  writer.send();
}

main();
