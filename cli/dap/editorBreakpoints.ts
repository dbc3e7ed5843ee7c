import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint } from '../../engine/debugger/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { readBreakpoint } from '../breakpointText.ts';

/**
 * The breakpoints of an editor, which has lists for the lines of each file, for names and for exceptions.
 * Each of its requests replaces one list.
 */
export class EditorBreakpoints {
  #lines: readonly Breakpoint[] = [];
  #names: readonly Breakpoint[] = [];
  #exceptions: readonly Breakpoint[] = [];

  get all(): readonly Breakpoint[] {
    return [...this.#lines, ...this.#names, ...this.#exceptions];
  }

  /** Those of one file; those of other files stay. */
  setLines(file: string, breakpoints: readonly Breakpoint[]): void {
    const others = this.#lines.filter((known) => known.kind === 'line' && known.file !== file);
    this.#lines = [...others, ...breakpoints];
  }

  setNames(breakpoints: readonly Breakpoint[]): void {
    this.#names = breakpoints;
  }

  /** The only filter is that of error events. */
  setExceptions({ filters }: DebugProtocol.SetExceptionBreakpointsArguments): void {
    this.#exceptions = filters.includes('error') ? [{ kind: 'event', name: 'error' }] : [];
  }
}

/** The breakpoints of the lines of a file. */
export function lineBreakpoints(
  file: string,
  breakpoints: readonly DebugProtocol.SourceBreakpoint[],
): readonly Breakpoint[] {
  return breakpoints.map(({ line, condition }) => ({ kind: 'line', file, line, ...defined({ condition }) }));
}

/** Reads `state ID`, `event NAME`, `if EXPRESSION` or a bare name: the id of a state, or else an event. */
export function namedBreakpoint(
  { name, condition }: DebugProtocol.FunctionBreakpoint,
  isState: (name: string) => boolean,
): Breakpoint {
  const also = defined({ condition });
  const read = readBreakpoint(name);
  if (read?.kind === 'condition') return read;
  if (read) return { ...read, ...also };
  return isState(name) ? { kind: 'state', id: name, ...also } : { kind: 'event', name, ...also };
}
