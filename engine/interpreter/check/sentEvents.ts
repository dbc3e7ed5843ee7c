import type { AnyNode } from 'acorn';
import type { Draft } from '../document/draft.ts';
import type { Action, Attribute } from '../document/model.ts';
import { actionsOf } from './actions.ts';
import { descriptorsOf } from './dottedNames.ts';
import type { DraftCode } from './draftCode.ts';
import { parseCode } from './parseCode.ts';

/** Computed names of events; a document with more is not checked. */
const MAX_PREFIXES = 100;

/** The events that a document itself sends and raises. */
export interface SentEvents {
  readonly names: ReadonlySet<string>;
  /** Descriptors that match one of the names. */
  readonly descriptors: ReadonlySet<string>;
  /** Known beginnings of computed names: `a.` for `'a.' + x`, '' for a name that is computed as a whole. */
  readonly prefixes: readonly string[];
  /** Elements of Genesys modules, as 'queue.submit'. */
  readonly elements: ReadonlySet<string>;
}

export function sentEvents(draft: Draft, code: DraftCode): SentEvents {
  const names = new Set<string>();
  const prefixes = new Set<string>();
  const elements = new Set<string>();
  const addNode = (node: AnyNode): void => {
    const text = literalText(node);
    if (text !== undefined) names.add(text);
    else prefixes.add(literalStart(node));
  };
  for (const action of actionsOf(draft)) {
    if (action.kind === 'extension') elements.add(`${action.module}.${action.element.name}`);
    if (action.kind === 'raise') names.add(action.event);
    const event = eventOf(action);
    if (!event) continue;
    if ('literal' in event) names.add(event.literal);
    else {
      const parsed = parseCode(event.expr);
      if (parsed.kind === 'parsed') addNode(parsed.node);
    }
  }
  for (const { names: found } of code.all) for (const node of found?.raised ?? []) addNode(node);
  const known = prefixes.size > MAX_PREFIXES ? [''] : [...prefixes];
  return { names, descriptors: descriptorsOf(names), prefixes: known, elements };
}

function eventOf(action: Action): Attribute | undefined {
  return action.kind === 'send' ? action.event : undefined;
}

function literalText(node: AnyNode): string | undefined {
  if (node.type === 'ParenthesizedExpression') return literalText(node.expression);
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function literalStart(node: AnyNode): string {
  if (node.type === 'ParenthesizedExpression') return literalStart(node.expression);
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return '';
  return literalText(node.left as AnyNode) ?? literalStart(node.left as AnyNode);
}
