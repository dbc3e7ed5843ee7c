import type { DataItem, Document, StateNode, Transition } from '../interpreter/index.ts';

/** A difference of two versions of a document, as a person reads it. */
export interface DocumentChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** 'state paid', 'transition waiting --pay[paid]--> paid', 'data price'. */
  readonly what: string;
  /** For example 'in order instead of at the top'. */
  readonly how?: string;
}

/** Differences of the charts and data of two versions. Code inside states and transitions is not compared. */
export function compareDocuments(before: Document, after: Document): readonly DocumentChange[] {
  return [
    ...compared(statesOf(before), statesOf(after), 'state'),
    ...compared(transitionsOf(before), transitionsOf(after), 'transition'),
    ...compared(dataOf(before), dataOf(after), 'data'),
  ];
}

/** The parts of one kind by name, each with the text in which it may differ. */
type Parts = ReadonlyMap<string, string>;

function compared(before: Parts, after: Parts, word: string): readonly DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const [name, text] of before) {
    const now = after.get(name);
    const what = `${word} ${name}`;
    if (now === undefined) changes.push({ kind: 'removed', what });
    else if (now !== text) changes.push({ kind: 'changed', what, how: `${text} -> ${now}` });
  }
  for (const name of after.keys()) {
    if (!before.has(name)) changes.push({ kind: 'added', what: `${word} ${name}` });
  }
  return changes;
}

function statesOf({ states }: Document): Parts {
  const named = states.slice(1).filter(({ id }) => !isGenerated(id));
  return new Map(named.map((state) => [state.id, `${state.kind} in ${placeOf(state, states)}`]));
}

function placeOf({ parent }: StateNode, states: readonly StateNode[]): string {
  const { id } = states[parent] as StateNode;
  return parent <= 0 || isGenerated(id) ? 'the top' : id;
}

/** Two transitions that look the same count as one. */
function transitionsOf(document: Document): Parts {
  return new Map(document.transitions.map((one) => [transitionText(one, document), one.type]));
}

function transitionText({ source, events, cond, targets }: Transition, { states }: Document): string {
  const nameOf = (index: number): string => {
    const { id } = states[index] as StateNode;
    return isGenerated(id) ? '(no id)' : id;
  };
  const names = (events ?? [])
    .map(({ segments, wildcard }) => (wildcard ? '*' : segments.join('.')))
    .join(' ');
  const guard = cond === undefined ? '' : `[${cond.source.trim()}]`;
  const target = targets.length === 0 ? '' : ` ${targets.map(nameOf).join(' ')}`;
  return `${nameOf(source)} --${names}${guard}-->${target}`;
}

function dataOf({ data }: Document): Parts {
  return new Map(data.map((item) => [item.id, valueText(item)]));
}

function valueText({ expr, text, src }: DataItem): string {
  if (src !== undefined) return `from ${src}`;
  return (expr?.source ?? text ?? 'no value').trim();
}

/** No document can write an id that begins with '#'. */
function isGenerated(id: string): boolean {
  return id.startsWith('#');
}
