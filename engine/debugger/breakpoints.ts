import { type Document, describesEvent, type SourceLocation } from '../interpreter/index.ts';
import type { StepLine } from '../interpreter/stepper/index.ts';
import { didYouMean } from '../ports/index.ts';

/** Where a session stops. `condition`: an expression that must be true there. */
export type Breakpoint =
  | {
      /** The state is entered. */
      readonly kind: 'state';
      readonly id: string;
      readonly condition?: string;
    }
  | {
      /** The event is processed. `name`: an event descriptor, so 'error' stops at all errors. */
      readonly kind: 'event';
      readonly name: string;
      readonly condition?: string;
    }
  | {
      /** The state that begins there is entered, or the transition taken. */
      readonly kind: 'line';
      readonly file: string;
      readonly line: number;
      readonly condition?: string;
    }
  /** The expression becomes true. */
  | { readonly kind: 'condition'; readonly condition: string };

/**
 * The breakpoint as it will stop: a line without a state or transition becomes the line of the one before it.
 * Throws a BreakpointRefused for a state or a line that the document does not have.
 */
export function placed(breakpoint: Breakpoint, document: Document): Breakpoint {
  switch (breakpoint.kind) {
    case 'state': {
      const { id } = breakpoint;
      if (document.stateById.has(id)) return breakpoint;
      throw new BreakpointRefused(
        `Expected the id of a state, got '${id}'.${didYouMean(id, document.stateById.keys())}`,
      );
    }
    case 'line': {
      const { file, line } = breakpoint;
      const places = placesOf(document).filter((at) => at.file === file);
      const found = places.filter((at) => at.line <= line).at(-1);
      if (found) return { ...breakpoint, line: found.line };
      const first = places[0];
      throw new BreakpointRefused(
        first
          ? `Expected a line of a state or transition, from ${first.line} on, got ${line}.`
          : `Expected a file of the document, got '${file}'.`,
      );
    }
    default:
      return breakpoint;
  }
}

/** A breakpoint as it will stop, or why it never will. */
export type PlacedBreakpoint = { readonly breakpoint: Breakpoint } | { readonly refused: string };

/** As placed(), without an exception. */
export function placedIn(document: Document, breakpoint: Breakpoint): PlacedBreakpoint {
  try {
    return { breakpoint: placed(breakpoint, document) };
  } catch (error) {
    if (error instanceof BreakpointRefused) return { refused: error.message };
    throw error;
  }
}

/** The lines of all states and transitions, in the order of their lines. */
function placesOf({ states, transitions }: Document): readonly SourceLocation[] {
  return [...states, ...transitions].map(({ at }) => at).sort((a, b) => a.line - b.line);
}

/** True when the line is the place of the breakpoint. */
export function isAt(breakpoint: Breakpoint, { record, at }: Pick<StepLine, 'record' | 'at'>): boolean {
  switch (breakpoint.kind) {
    case 'state':
      return record.kind === 'state_enter' && record.name === breakpoint.id;
    case 'event':
      return record.kind === 'event_processed' && describesEvent(breakpoint.name, String(record.name));
    case 'line':
      return (
        (record.kind === 'state_enter' || record.kind === 'transition') &&
        at?.file === breakpoint.file &&
        at.line === breakpoint.line
      );
    default:
      return false;
  }
}

/** A breakpoint that could never stop a session of the document. */
export class BreakpointRefused extends Error {
  override readonly name = 'BreakpointRefused';
}
