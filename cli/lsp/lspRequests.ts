import {
  type Connection,
  type FormattingOptions,
  type Location,
  LSPErrorCodes,
  ResponseError,
  type TextDocumentPositionParams,
  type TextEdit,
} from 'vscode-languageserver';
import {
  completionsAt,
  type FormatEdit,
  findName,
  formatEdits,
  hoverAt,
  includedAt,
  type LanguageFile,
  type LanguageWorkspace,
  type NameUses,
  outlineOf,
  type Place,
  RenameRefused,
  renamedAt,
  renameName,
} from '../../engine/language/index.ts';
import { itemOf, offsetOf, rangeOf, symbolOf } from './lspPlaces.ts';

export interface RequestParts {
  readonly workspace: LanguageWorkspace;
  readonly urlOf: (uri: string) => string;
  readonly uriOf: (url: string) => string;
}

/** Answers the requests of an editor. The library answers an error for whatever a handler throws. */
export function answerRequests(connection: Connection, parts: RequestParts): void {
  const { workspace, urlOf, uriOf } = parts;
  const fileOf = (uri: string): Promise<LanguageFile | undefined> => workspace.file(new URL(urlOf(uri)));
  const locationOf = (place: Place): Location => ({ uri: uriOf(place.file.url), range: rangeOf(place) });

  connection.onDocumentSymbol(async ({ textDocument }) => {
    const file = await fileOf(textDocument.uri);
    return file === undefined ? [] : outlineOf(file).map((node) => symbolOf(file, node));
  });
  connection.onDefinition(async (params) => {
    const file = await fileOf(params.textDocument.uri);
    if (file === undefined) return [];
    const offset = offsetOf(file, params.position);
    const included = includedAt(file, offset);
    const other = included === undefined ? undefined : await workspace.file(included);
    if (other) return [locationOf({ file: other, start: 0, end: 0 })];
    const found = await nameAt(workspace, file, params);
    return found === undefined ? [] : counterparts(found).map(locationOf);
  });
  connection.onReferences(async (params) => {
    const file = await fileOf(params.textDocument.uri);
    const found = file === undefined ? undefined : await nameAt(workspace, file, params);
    if (found === undefined) return [];
    const places = params.context.includeDeclaration ? [...found.definitions, ...found.uses] : found.uses;
    return places.map(locationOf);
  });
  connection.onHover(async ({ textDocument, position }) => {
    const file = await fileOf(textDocument.uri);
    if (file === undefined) return null;
    const found = hoverAt(await workspace.partsOf(file), file, offsetOf(file, position));
    if (found === undefined) return null;
    return { contents: { kind: 'markdown', value: found.text }, range: rangeOf(found) };
  });
  connection.onCompletion(async ({ textDocument, position }) => {
    const file = await fileOf(textDocument.uri);
    if (file === undefined) return [];
    const found = completionsAt(await workspace.partsOf(file), file, offsetOf(file, position));
    return found.map((completion) => itemOf(file, completion));
  });
  connection.onDocumentFormatting(async ({ textDocument, options }) =>
    formatOf(await fileOf(textDocument.uri), options),
  );
  connection.onDocumentRangeFormatting(async ({ textDocument, options, range }) => {
    const file = await fileOf(textDocument.uri);
    if (file === undefined) return [];
    const [start, end] = [offsetOf(file, range.start), offsetOf(file, range.end)];
    return formatOf(file, options, (edit) => edit.start < end && edit.end > start);
  });
  connection.onPrepareRename(async (params) => {
    const file = await fileOf(params.textDocument.uri);
    const found = file === undefined ? undefined : await nameAt(workspace, file, params);
    return orRefusal(() => rangeOf(renamedAt(found)));
  });
  connection.onRenameRequest(async (params) => {
    const file = await fileOf(params.textDocument.uri);
    const parts = file === undefined ? [] : await workspace.partsOf(file);
    const found = file === undefined ? undefined : findName(parts, file, offsetOf(file, params.position));
    const places = orRefusal(() => renameName(parts, found, params.newName));
    const changes: Record<string, TextEdit[]> = {};
    for (const place of places) {
      const uri = uriOf(place.file.url);
      changes[uri] ??= [];
      changes[uri].push({ range: rangeOf(place), newText: params.newName });
    }
    return { changes };
  });
}

/** The edits that format a file. None for a text that is half written, and for a script. */
function formatOf(
  file: LanguageFile | undefined,
  { insertSpaces, tabSize }: FormattingOptions,
  isWanted: (edit: FormatEdit) => boolean = () => true,
): TextEdit[] {
  if (file === undefined || file.isTooLarge) return [];
  const indent = insertSpaces ? ' '.repeat(Math.min(16, Math.max(1, tabSize))) : '\t';
  const edits = formatEdits(file.text, { indent }) ?? [];
  return edits
    .filter(isWanted)
    .map(({ start, end, text }) => ({ range: rangeOf({ file, start, end }), newText: text }));
}

/** An editor shows the message of such an error, and logs others. */
function orRefusal<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RenameRefused)) throw error;
    throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
  }
}

async function nameAt(
  workspace: LanguageWorkspace,
  file: LanguageFile,
  { position }: TextDocumentPositionParams,
): Promise<NameUses | undefined> {
  return findName(await workspace.partsOf(file), file, offsetOf(file, position));
}

/** From a transition to the senders of its event, and from a sender to the transitions. */
function counterparts({ kind, at, definitions, uses }: NameUses): readonly Place[] {
  const isSender =
    kind === 'event' && definitions.some(({ file, start }) => file.url === at.file.url && start === at.start);
  return isSender ? uses : definitions;
}
