import type { Document } from '../index.ts';

type StateNode = Document['states'][number];
type Events = Document['transitions'][number]['events'];

/** A state as XState's graph functions see the nodes of a machine. */
export interface GraphNode {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Ids from the outermost state to this one. */
  readonly path: readonly string[];
  readonly states: { readonly [key: string]: GraphNode };
  /** By event descriptor; '' for eventless transitions. */
  readonly transitions: ReadonlyMap<string, readonly GraphTransition[]>;
  /** The descriptors of its transitions, without ''. */
  readonly ownEvents: readonly string[];
  /** Empty, as createTestModel expects: the logic performs this content itself. */
  readonly invoke: readonly never[];
  readonly after: readonly never[];
  readonly entry: readonly never[];
  readonly exit: readonly never[];
}

export interface GraphTransition {
  readonly eventType: string;
  readonly source: GraphNode;
  /** Undefined: targetless. */
  readonly target: readonly GraphNode[] | undefined;
  readonly actions: readonly never[];
}

/** The nodes of a document, by the number of the state. The first is that of <scxml>. */
export function graphNodes(document: Document): readonly GraphNode[] {
  const states: { [key: string]: GraphNode }[] = document.states.map(() => ({}));
  const transitions = document.states.map(() => new Map<string, GraphTransition[]>());
  const nodes = document.states.map((state): GraphNode => {
    const { index, id, kind } = state;
    const events = state.transitions.flatMap((number) => eventsOf(document.transitions[number]!.events));
    return {
      id: index === 0 ? document.name || 'scxml' : id,
      key: id,
      type: kind === 'scxml' ? 'compound' : kind,
      path: pathOf(document, state),
      states: states[index]!,
      transitions: transitions[index]!,
      ownEvents: [...new Set(events)].filter((event) => event !== ''),
      invoke: [],
      after: [],
      entry: [],
      exit: [],
    };
  });
  for (const { index, id, parent } of document.states) {
    if (parent !== -1) states[parent]![id] = nodes[index]!;
    for (const number of document.states[index]!.transitions) addTransition(number);
  }
  return nodes;

  function addTransition(number: number): void {
    const { source, events, targets } = document.transitions[number]!;
    const target = targets.length > 0 ? targets.map((state) => nodes[state]!) : undefined;
    const bySource = transitions[source]!;
    for (const eventType of eventsOf(events)) {
      const list = bySource.get(eventType) ?? [];
      bySource.set(eventType, [...list, { eventType, source: nodes[source]!, target, actions: [] }]);
    }
  }
}

function eventsOf(events: Events): readonly string[] {
  if (events === undefined) return [''];
  return events.map(({ segments, wildcard }) => (wildcard ? '*' : segments.join('.')));
}

function pathOf({ states }: Document, { parent, id }: StateNode): readonly string[] {
  const path = [id];
  for (let at = parent; at > 0; at = states[at]!.parent) path.unshift(states[at]!.id);
  return path;
}
