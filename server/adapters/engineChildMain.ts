import { Socket } from 'node:net';
import { createChildSessions } from '../../engine/children/childSessions.ts';
import { createFrameReader, encodeFrame, frameText } from '../../engine/children/frames.ts';
import { CALLS_AT_ONCE, FRAME_TARGET_CHARS, MAX_FRAME_BYTES_TO_CHILD } from '../../engine/children/limits.ts';
import type { ToChild } from '../../engine/children/messages.ts';
import { createChildMark } from './childMark.ts';

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
  const parent = new Socket({ fd: PARENT_FD, readable: true, writable: true });
  let answers: string[] = [];
  let kept = '';
  let chars = 0;

  function flush(): void {
    if (answers.length === 0) return;
    parent.write(encodeFrame(frameText(answers), kept));
    answers = [];
    kept = '';
    chars = 0;
  }

  parent.on('data', (chunk: Buffer) => {
    let since = performance.now();
    for (const { text } of read(chunk)) {
      for (const message of JSON.parse(text) as readonly ToChild[]) {
        // The parent reads it if this hangs.
        if ('call' in message) mark(message.call);
        const answer = sessions.handle(message);
        if (answer === undefined) continue;
        answers.push(answer.text);
        kept += answer.kept ?? '';
        chars += answer.text.length + (answer.kept?.length ?? 0);
        const now = performance.now();
        const isHeld =
          answers.length < CALLS_AT_ONCE && now - since < MAX_HELD_MS && chars < FRAME_TARGET_CHARS;
        // Until it hears of a compilation, the parent gives what follows as much time.
        if (isHeld && message.kind !== 'program') continue;
        flush();
        since = now;
      }
    }
    flush();
  });
  // A child without its parent has nothing to live for.
  parent.on('error', () => process.exit(1));
  parent.on('close', () => process.exit(0));
  parent.write(encodeFrame(frameText([JSON.stringify({ kind: 'ready' })])));
}

main();
