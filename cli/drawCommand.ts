import { readFile, writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import {
  DrawingRefused,
  drawDocument,
  layoutChart,
  type OverlaidStep,
  type Overlay,
  overlayOfStates,
  overlayOfSteps,
  pngOf,
} from '../engine/draw/index.ts';
import type { Dialect, Document } from '../engine/interpreter/index.ts';
import { didYouMean } from '../engine/ports/index.ts';
import { isTraceText } from '../engine/trace/index.ts';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, printError, printResult } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { readDocument } from './readDocument.ts';
import { stepsOfTrace } from './traceOverlay.ts';

const FORMATS: readonly string[] = ['.svg', '.png', '.json'];

export interface DrawRequest {
  readonly output: string;
  /** Ids of active states. */
  readonly configuration?: readonly string[] | undefined;
  /** Path of a trace file, or of the lines that `orsay run --steps` prints. */
  readonly trace?: string | undefined;
  readonly dialect?: Dialect | undefined;
}

/** Draws the state chart of a document into a file. Rejects with DocumentError. */
export async function drawCommand(io: CommandIo, source: string, request: DrawRequest): Promise<Exit> {
  const path = resolve(io.cwd, request.output);
  const format = extname(path).toLowerCase();
  if (!FORMATS.includes(format)) {
    throw wrongUse(`Expected a name that ends in .svg, .png or .json after -o, got '${request.output}'.`);
  }
  try {
    const document = await readDocument(io, source, request.dialect);
    const overlay = await overlayOf(io, document, request);
    await writeFile(path, await contentOf(document, format, overlay));
    const counts = { states: document.states.length - 1, transitions: document.transitions.length };
    printResult(
      io,
      { file: request.output, ...counts },
      () => `${request.output}: ${counts.states} states, ${counts.transitions} transitions`,
    );
    return EXIT.OK;
  } catch (error) {
    if (!(error instanceof DrawingRefused)) throw error;
    printError(io, error.message);
    return EXIT.FAILED;
  }
}

/** The picture, or the places of its parts. */
async function contentOf(
  document: Document,
  format: string,
  overlay: Overlay | undefined,
): Promise<string | Uint8Array> {
  if (format === '.json') return `${JSON.stringify(layoutChart(document), undefined, 1)}\n`;
  const svg = drawDocument(document, overlay);
  return format === '.svg' ? svg : pngOf(svg);
}

async function overlayOf(
  io: CommandIo,
  document: Document,
  { configuration, trace }: DrawRequest,
): Promise<Overlay | undefined> {
  if (configuration !== undefined) {
    const { overlay, unknown } = overlayOfStates(document, configuration);
    const [first] = unknown;
    if (first === undefined) return overlay;
    throw new DrawingRefused(
      `Expected ids of states, got '${first}'.${didYouMean(first, document.stateById.keys())}`,
    );
  }
  if (trace === undefined) return undefined;
  const text = await readFile(resolve(io.cwd, trace), 'utf8');
  const steps = isTraceText(text)
    ? await stepsOfTrace(io, document, { text, path: trace })
    : stepsIn(text, trace);
  const { overlay, unknown } = overlayOfSteps(document, steps);
  const [first] = unknown;
  if (first === undefined) return overlay;
  throw new DrawingRefused(
    `Expected a trace of this version of the document, got '${first}', which it has not.`,
  );
}

/** The steps in the output of `orsay run --steps`, whose other lines are not read. */
function stepsIn(text: string, path: string): readonly OverlaidStep[] {
  const steps: OverlaidStep[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    const step = parsed(line);
    if (isStep(step)) steps.push(step);
  }
  if (steps.length > 0) return steps;
  throw new DrawingRefused(
    `Expected a trace of 'orsay sessions trace', or steps of 'orsay run --steps', in '${path}', got neither.`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that was cut, or is no JSON, is no step.
    return undefined;
  }
}

function isStep(value: unknown): value is OverlaidStep {
  const { microsteps } = (value ?? {}) as { readonly microsteps?: unknown };
  const isOfTexts = (list: unknown): boolean =>
    Array.isArray(list) && list.every((id) => typeof id === 'string');
  return (
    Array.isArray(microsteps) &&
    microsteps.every(
      (step: Record<string, unknown>) =>
        isOfTexts(step.exited) && isOfTexts(step.entered) && Array.isArray(step.transitions),
    )
  );
}
