import { dictionary } from '../../ports/index.ts';
import { ACTIONS } from './buildActions.ts';
import { NESTED_STATES, STATE_PARTS } from './buildState.ts';
import type { Dialect } from './model.ts';

/** Elements that take executable content. W3C 3.5, 3.8, 3.9, 4.3, 4.6, 6.5. */
const BLOCKS: ReadonlySet<string> = new Set(['transition', 'onentry', 'onexit', 'if', 'foreach', 'finalize']);

/** Children of the elements that have a fixed list of them. A test compares all with the builders. */
const CHILDREN = dictionary<readonly string[]>({
  scxml: ['datamodel', 'script'],
  initial: ['transition'],
  if: ['elseif', 'else'],
  datamodel: ['data'],
  donedata: ['content', 'param'],
  send: ['content', 'param'],
  invoke: ['content', 'param', 'finalize'],
});

const ORS_CHILDREN = dictionary<readonly string[]>({
  scxml: ['initial'],
  raise: ['param'],
  event: ['param'],
});

/** True when elements of Genesys modules are executed inside the element. */
export function takesActions(parent: string): boolean {
  return BLOCKS.has(parent);
}

/** The elements of SCXML that an element takes, without those of modules. */
export function childNames(parent: string, dialect: Dialect): readonly string[] {
  const isOrs = dialect === 'ors';
  const actions = takesActions(parent) ? [...ACTIONS.keys(), ...(isOrs ? ['event'] : [])] : [];
  return [
    ...(NESTED_STATES[parent] ?? []),
    ...(STATE_PARTS[parent] ?? []),
    ...actions,
    ...(CHILDREN[parent] ?? []),
    ...((isOrs ? ORS_CHILDREN[parent] : undefined) ?? []),
  ];
}
