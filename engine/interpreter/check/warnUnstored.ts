import type { AnyNode, Class, Property } from 'acorn';
import { full } from 'acorn-walk';
import { hasPrivateParts } from '../datamodel/code/functionTable.ts';
import { isRestorable } from '../datamodel/code/rewrite/functions.ts';
import type { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { CheckedCode, DraftCode } from './draftCode.ts';

/**
 * Warns of values that no snapshot carries, where the code itself tells: a session that keeps one fails at
 * the end of the step. docs/reference/data-model.md has the whole list.
 */
export function warnUnstored(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  for (const checked of code.all) {
    for (const { node, what } of unstoredIn(checked)) {
      const message = `Expected data that a snapshot can carry, got ${what}: a session that keeps it fails.`;
      draft.report('DATA_UNSTORED', locations.locate(checked.expression, node.start), message);
    }
  }
}

function unstoredIn({ parsed }: CheckedCode): { readonly node: AnyNode; readonly what: string }[] {
  if (parsed.kind === 'fault') return [];
  const found: { node: AnyNode; what: string }[] = [];
  const { node: root } = parsed;
  // A class at the top of a script is a variable of the document; others may be used inside a step only.
  for (const node of root.type === 'Program' ? root.body : []) {
    const what = node.type === 'ClassDeclaration' ? unstoredClass(node as Class) : undefined;
    if (what !== undefined) found.push({ node, what });
  }
  try {
    full(root, (node) => {
      if (node.type === 'Property' && hasSymbolKey(node as Property)) {
        found.push({ node: node as AnyNode, what: 'a property named by a symbol' });
      }
    });
  } catch (error) {
    // The walker recurses as deep as the code.
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

function unstoredClass(node: Class): string | undefined {
  if (hasPrivateParts(node)) return 'a class whose objects have private parts';
  if (node.body.body.every(isRestorable)) return undefined;
  return 'a class with computed names or private static fields';
}

function hasSymbolKey({ key, computed }: Property): boolean {
  if (!computed) return false;
  const holder =
    key.type === 'MemberExpression' ? key.object : key.type === 'CallExpression' ? key.callee : undefined;
  return holder?.type === 'Identifier' && holder.name === 'Symbol';
}
