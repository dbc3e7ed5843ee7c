import { DrawingRefused, type OverlaidStep } from '../engine/draw/index.ts';
import { type Document, hashTexts } from '../engine/interpreter/index.ts';
import { openReplays, replaySteps } from '../engine/trace/index.ts';
import type { CommandIo } from './commandIo.ts';
import { readTraceFile, traceFault } from './readTraceFile.ts';

/** The steps that sessions of a document took in a trace file. Rejects with DrawingRefused. */
export async function stepsOfTrace(
  io: CommandIo,
  document: Document,
  { text, path }: { readonly text: string; readonly path: string },
): Promise<readonly OverlaidStep[]> {
  try {
    const replays = await openReplays(readTraceFile(io, text, path));
    const hash = hashTexts(document.sources);
    const own = replays.filter((replay) => hashTexts(replay.document.sources) === hash);
    if (own.length > 0) return [...replaySteps(own)];
  } catch (error) {
    throw new DrawingRefused(traceFault(error, path));
  }
  throw new DrawingRefused(
    `Expected a trace of this version of the document, got '${path}', whose sessions have other texts.`,
  );
}
