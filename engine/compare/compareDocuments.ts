import type { DataItem, Document, StateNode, Transition } from '../interpreter/index.ts';

/** A difference of two versions of a document, as a person reads it. */
export interface DocumentChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** 'state paid', 'transition waiting --pay[paid]--> paid', 'data price'. */
  readonly what: string;
  /** For example 'in order instead of at the top'. */
  readonly how?: string;
}

/** The parts of one kind: names, each with the text in which it may differ. */
type Parts = readonly (readonly [name: string, text: string])[];

/** The parts by which two versions of a document are compared, as JSON. */
export interface DocumentParts {
  readonly states: Parts;
  readonly transitions: Parts;
  readonly data: Parts;
}

/** Differences of the charts and data of two versions. Code inside states and transitions is not compared. */
export function compareDocuments(before: Document, after: Document): readonly DocumentChange[] {
  return compareParts(partsOfDocument(before), partsOfDocument(after));
}

/** As compareDocuments. */
export function compareParts(before: DocumentParts, after: DocumentParts): readonly DocumentChange[] {
  return [
    ...compared(before.states, after.states, 'state'),
    ...compared(before.transitions, after.transitions, 'transition'),
    ...compared(before.data, after.data, 'data'),
  ];
}

export function partsOfDocument(document: Document): DocumentParts {
  return {
    states: [...statesOf(document)],
    transitions: [...transitionsOf(document)],
    data: [...dataOf(document)],
  };
}

function compared(old: Parts, now: Parts, word: string): readonly DocumentChange[] {
  const [before, after] = [new Map(old), new Map(now)];
  const changes: DocumentChange[] = [];
  for (const [name, text] of before) {
    const present = after.get(name);
    const what = `${word} ${name}`;
    if (present === undefined) changes.push({ kind: 'removed', what });
    else if (present !== text) changes.push({ kind: 'changed', what, how: `${text} -> ${present}` });
  }
  for (const name of after.keys()) {
    if (!before.has(name)) changes.push({ kind: 'added', what: `${word} ${name}` });
  }
  return changes;
}

function statesOf({ states }: Document): ReadonlyMap<string, string> {
  const named = states.slice(1).filter(({ id }) => !isGenerated(id));
  return new Map(named.map((state) => [state.id, `${state.kind} in ${placeOf(state, states)}`]));
}

function placeOf({ parent }: StateNode, states: readonly StateNode[]): string {
  const { id } = states[parent] as StateNode;
  return parent <= 0 || isGenerated(id) ? 'the top' : id;
}

/** Two transitions that look the same count as one. */
function transitionsOf(document: Document): ReadonlyMap<string, string> {
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

function dataOf({ data }: Document): ReadonlyMap<string, string> {
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
