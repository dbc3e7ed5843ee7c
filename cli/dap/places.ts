import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Document, SourceLocation } from '../../engine/interpreter/index.ts';

/** The file of an editor, as the document names it. */
export function urlOfSource({ path = '' }: DebugProtocol.Source): string {
  return path.startsWith('file:') ? path : pathToFileURL(path).href;
}

/** A file of the document, as an editor opens it. */
export function sourceOf({ file }: Pick<SourceLocation, 'file'>): DebugProtocol.Source {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return { name: basename(path), path };
}

/** The active states as frames, the innermost first. The first one stands at the place of the stop. */
export function framesOf(
  document: Document,
  configuration: ReadonlySet<string>,
  place: SourceLocation | undefined,
): DebugProtocol.StackFrame[] {
  const active = document.states.filter(({ id }) => configuration.has(id)).toReversed();
  return active.map(({ id, index, at }, row) => {
    const { file, line, column } = row === 0 && place ? place : at;
    return { id: index, name: id.startsWith('#') ? '(no id)' : id, source: sourceOf({ file }), line, column };
  });
}
