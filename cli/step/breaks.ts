import type { Breakpoint } from '../../engine/debugger/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { placeIn, readBreakpoint } from '../breakpointText.ts';
import { type Debugged, firstWord, NoSuchCommand } from './actions.ts';

/** break [state ID | event NAME | line [FILE:]N | if EXPRESSION] [if EXPRESSION] */
export function addBreak({ debugger: d }: Debugged, words: string, urlOf: (file: string) => URL): void {
  d.setBreakpoints([...d.breakpoints, breakpointOf(words, urlOf)]);
}

export function removeBreak({ debugger: d }: Debugged, words: string): void {
  const index = Number(words) - 1;
  if (!d.breakpoints[index]) {
    throw new NoSuchCommand(`Expected the number of a breakpoint, got '${words}'.`);
  }
  d.setBreakpoints(d.breakpoints.toSpliced(index, 1));
}

export function breakText(breakpoint: Breakpoint): string {
  switch (breakpoint.kind) {
    case 'state':
      return withCondition(`state ${breakpoint.id}`, breakpoint.condition);
    case 'event':
      return withCondition(`event ${breakpoint.name}`, breakpoint.condition);
    case 'line':
      return withCondition(
        `line ${breakpoint.file.split('/').at(-1)}:${breakpoint.line}`,
        breakpoint.condition,
      );
    default:
      return `if ${breakpoint.condition}`;
  }
}

function breakpointOf(words: string, urlOf: (file: string) => URL): Breakpoint {
  const read = readBreakpoint(words);
  if (read) return read;
  const [kind, rest] = firstWord(words);
  const { place, condition } = placeIn(rest);
  if (kind !== 'line' || place === undefined) {
    throw new NoSuchCommand(`Expected state ID, event NAME, line [FILE:]N or if EXPRESSION, got '${words}'.`);
  }
  const at = place.lastIndexOf(':');
  const file = urlOf(at < 0 ? '' : place.slice(0, at)).href;
  return { kind, file, line: Number(place.slice(at + 1)), ...defined({ condition }) };
}

function withCondition(text: string, condition: string | undefined): string {
  return condition === undefined ? text : `${text} if ${condition}`;
}
