import {
  type CompletionItem,
  CompletionItemKind,
  DocumentSymbol,
  type Range,
  SymbolKind,
} from 'vscode-languageserver';
import type { Completion, LanguageFile, OutlineNode, Place } from '../../engine/language/index.ts';

/** Lines and columns of a place, which count from 0 in the protocol. */
export function rangeOf({ file, start, end }: Place): Range {
  return { start: positionOf(file, start), end: positionOf(file, end) };
}

export function offsetOf({ scanned, text }: LanguageFile, position: Range['start']): number {
  const offset = scanned.file.offsetOf({ line: position.line + 1, column: position.character + 1 });
  return Math.min(offset, text.length);
}

const KINDS = {
  scxml: SymbolKind.Module,
  state: SymbolKind.Class,
  parallel: SymbolKind.Struct,
  final: SymbolKind.Constant,
  history: SymbolKind.Field,
} as const;

export function symbolOf(file: LanguageFile, node: OutlineNode): DocumentSymbol {
  return DocumentSymbol.create(
    node.name,
    node.element,
    KINDS[node.element],
    rangeOf({ file, start: node.start, end: node.end }),
    rangeOf({ file, start: node.nameStart, end: node.nameEnd }),
    node.children.map((child) => symbolOf(file, child)),
  );
}

const ITEM_KINDS = {
  state: CompletionItemKind.Class,
  event: CompletionItemKind.Event,
  element: CompletionItemKind.Keyword,
  attribute: CompletionItemKind.Property,
  data: CompletionItemKind.Variable,
} as const;

export function itemOf(file: LanguageFile, { kind, text, start, end }: Completion): CompletionItem {
  const range = rangeOf({ file, start, end });
  return { label: text, kind: ITEM_KINDS[kind], textEdit: { range, newText: text } };
}

function positionOf({ scanned }: LanguageFile, offset: number): Range['start'] {
  const { line, column } = scanned.file.locate(offset);
  return { line: line - 1, character: column - 1 };
}
