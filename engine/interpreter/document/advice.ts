import { dictionary } from '../../ports/index.ts';

/** Names that people use for an attribute, by element. */
const MEANT = dictionary<Readonly<Record<string, string>>>({
  transition: {
    on: 'event',
    name: 'event',
    to: 'target',
    next: 'target',
    if: 'cond',
    condition: 'cond',
    guard: 'cond',
  },
  send: { name: 'event', to: 'target', sendid: 'id', timeout: 'delay' },
  raise: { name: 'event' },
  cancel: { id: 'sendid' },
  data: { name: 'id', value: 'expr', cond: 'expr' },
  assign: { name: 'location', id: 'location', dataid: 'location', var: 'location', value: 'expr' },
  log: { message: 'expr', text: 'expr', value: 'expr' },
  param: { id: 'name', value: 'expr' },
  foreach: { in: 'array', list: 'array', var: 'item', as: 'item' },
  state: { name: 'id' },
  parallel: { name: 'id' },
  final: { name: 'id' },
  invoke: { invokeid: 'id', href: 'src', target: 'src' },
  script: { href: 'src' },
  scxml: { initialstate: 'initial', start: 'initial', 'initial-state': 'initial' },
});

/** A question that names the attribute for which people use the name; undefined when there is none. */
export function meantAttribute(element: string, name: string): string | undefined {
  const meant = MEANT[element]?.[name.toLowerCase()];
  return meant === undefined ? undefined : ` Did you mean '${meant}'?`;
}

const CONTENT = new Set(['raise', 'if', 'foreach', 'log', 'assign', 'script', 'send', 'cancel']);
const STATES = new Set(['state', 'parallel', 'final']);
const OF_STATES = new Set(['transition', 'onentry', 'onexit', 'invoke', 'history']);

/** Where to write an element that is inside the wrong one; empty when it is not known. */
export function adviceFor(parent: string, child: string): string {
  if (child === 'initial' && parent === 'scxml') {
    return ' Write initial="…" on <scxml>, or put the first state first (W3C 3.2).';
  }
  if (child === 'initial' && parent === 'parallel') return ' A <parallel> enters all of its states.';
  if (child === 'final' && parent === 'parallel') return ' Put it into a <state> of the <parallel>.';
  if (CONTENT.has(child) && STATES.has(parent)) return ' Put it into <onentry>, <onexit> or a <transition>.';
  if (CONTENT.has(child) && parent === 'scxml') return ' Put it into the <onentry> of a state.';
  if (OF_STATES.has(child) && parent === 'scxml') return ' Put it into a state, which may hold all others.';
  if (parent === 'final') return ' A final state has only <onentry>, <onexit> and <donedata>.';
  if (child === 'data') return ' Put it into <datamodel>.';
  if (child === 'donedata') return ' Put it into <final>.';
  if (child === 'else' || child === 'elseif') {
    return ' Put it into an <if>, behind the content of the branch before.';
  }
  if (child === 'param' || child === 'content') return ' Put it into <send>, <invoke> or <donedata>.';
  if (STATES.has(child) && !STATES.has(parent)) return ' Put it into <scxml>, <state> or <parallel>.';
  return '';
}
