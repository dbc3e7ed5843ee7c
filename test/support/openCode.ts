import type { DataSession, OpenOptions } from '../../engine/interpreter/datamodel/datamodel.ts';
import { compileDatamodel } from '../../engine/interpreter/datamodel/ecmascript.ts';
import { DatamodelFault } from '../../engine/interpreter/datamodel/fault.ts';
import { type Code, type ExpressionDocumentOptions, expressionDocument } from './expressionDocument.ts';

export const STEP = { now: Date.UTC(2024, 0, 1, 3, 4, 5), seed: 7, gas: 200_000 } as const;

/** A session of a document that has only the given codes, in its first step. Slot n is the nth code. */
export function openCode(
  codes: readonly Code[],
  options: ExpressionDocumentOptions & Partial<OpenOptions> = {},
): DataSession {
  const datamodel = compileDatamodel(expressionDocument(codes, options));
  const session = datamodel.open({ sessionId: 'SESSION', ioProcessors: {}, ...options });
  session.beginStep(STEP);
  return session;
}

/** The result of the code: its value, or the fault as `kind: message`. */
export function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DatamodelFault)) throw error;
    return error.limit ? `${error.kind} ${error.limit}` : `${error.kind}: ${error.message}`;
  }
}
