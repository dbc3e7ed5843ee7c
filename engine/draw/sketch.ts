import type { Document, StateNode, Transition } from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import { actionLines, invokeText, placeText, shortLines, triggerLines } from './drawnText.ts';
import type { ChartEdge, ChartNode } from './layered/placeChart.ts';
import { sizeOf, textSize } from './metrics.ts';

/** A rectangle or a sign of the drawing, without its place. */
export interface Box {
  readonly kind: 'state' | 'region' | 'final' | 'history' | 'initial' | 'fork';
  /** Number of its state. Absent for the signs of initial transitions and of forks. */
  readonly state?: number;
  /** The id of its state. */
  readonly id?: string;
  readonly title: string;
  /** The source line, behind the title. */
  readonly place: string;
  /** Its actions on entry and exit, and its invokes. */
  readonly lines: readonly string[];
  /** Below them. */
  readonly inner: readonly InnerTransition[];
  /** The whole text. */
  readonly tooltip: string;
}

export interface DrawnTransition {
  readonly transition: number;
  /** The id of its state. */
  readonly source: string;
  readonly line: number;
  readonly lines: readonly string[];
  readonly tooltip: string;
}

/** A transition without target, which is text in the box of its state. */
export interface InnerTransition extends DrawnTransition {
  readonly id: string;
}

/** An arrow of the drawing, without its way. */
export interface Arrow extends DrawnTransition {
  /** The arrow into a fork has no head. */
  readonly end: 'head' | 'plain';
}

/** All that is drawn, as a graph without places. */
export interface Sketch {
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
  readonly boxes: ReadonlyMap<string, Box>;
  readonly arrows: ReadonlyMap<string, Arrow>;
}

/**
 * The graph of a document, in document order. The layout keeps that order, so that a small change of the
 * document moves little.
 */
export function sketchOf(document: Document): Sketch {
  return new Sketcher(document).sketch();
}

/** Arrows from other levels that a state gets as lines. With more, the texts at the sources name it. */
const MAX_FAR_ARROWS = 4;

/** The lines that are shown, and the whole text. */
interface Texts {
  readonly lines: readonly string[];
  readonly tooltip: string;
}

const NO_TEXTS: Texts = { lines: [], tooltip: 'initial' };

class Sketcher {
  readonly #document: Document;
  readonly #boxes = new Map<string, Box>();
  readonly #arrows = new Map<string, Arrow>();
  readonly #edges: ChartEdge[] = [];
  /** How many arrows come to each state from other levels. */
  readonly #farArrows = new Map<number, number>();
  /** The signs of forks by the state that they are in, each with the source of its transition. */
  readonly #forks = new Map<number, { readonly source: number; readonly node: ChartNode }[]>();

  constructor(document: Document) {
    this.#document = document;
    for (const { source, targets } of document.transitions) {
      const [target] = targets;
      if (targets.length !== 1 || !this.#isFar(source, target!)) continue;
      this.#farArrows.set(target!, (this.#farArrows.get(target!) ?? 0) + 1);
    }
  }

  sketch(): Sketch {
    const { states, transitions } = this.#document;
    const initials = new Set(
      states.flatMap(({ kind, initial }) => (kind === 'history' || initial === undefined ? [] : [initial])),
    );
    for (const transition of transitions) {
      if (transition.targets.length > 0) this.#connect(transition, initials.has(transition.index));
    }
    const nodes = this.#inside(states[0]!);
    return { nodes, edges: this.#edges, boxes: this.#boxes, arrows: this.#arrows };
  }

  #inside(state: StateNode): readonly ChartNode[] {
    const { states } = this.#document;
    const forks = this.#forks.get(state.index) ?? [];
    const isIn = (index: number, child: StateNode): boolean =>
      index >= child.index && index <= child.lastDescendant;
    const inner = state.children.flatMap((at) => {
      const child = states[at]!;
      // A fork is below its source.
      const own = forks.filter(({ source }) => isIn(source, child)).map(({ node }) => node);
      return [this.#state(child), ...own];
    });
    const others = forks.filter(({ source }) => !state.children.some((at) => isIn(source, states[at]!)));
    const nodes = [...others.map(({ node }) => node), ...inner];
    if (state.initial === undefined) return nodes;
    const id = initialId(state.index);
    const tooltip = `initial of ${state.index === 0 ? 'the document' : state.id}`;
    this.#boxes.set(id, { kind: 'initial', title: '', place: '', lines: [], inner: [], tooltip });
    return [{ id, width: 12, height: 12, children: [] }, ...nodes];
  }

  #state(state: StateNode): ChartNode {
    const id = stateId(state.index);
    const box = this.#box(state);
    this.#boxes.set(id, box);
    return { id, ...sizeOf(box), children: this.#inside(state) };
  }

  #box(state: StateNode): Box {
    const { transitions, states } = this.#document;
    const inner = state.transitions
      .map((at) => transitions[at]!)
      .filter(({ targets }) => targets.length === 0)
      .map((transition) => ({
        id: transitionId(transition.index),
        transition: transition.index,
        source: state.id,
        line: transition.at.line,
        ...this.#textsOf(transition),
      }));
    const parts = [
      ...state.onentry.map((block) => textsOf('entry /', actionLines(block))),
      ...state.onexit.map((block) => textsOf('exit /', actionLines(block))),
      ...state.invokes.map((invoke) => textsOf('', [invokeText(invoke)])),
    ];
    const title = titleOf(state);
    const place = placeText(state.at, states[state.parent]?.at.file ?? this.#document.url);
    const isRegion = states[state.parent]?.kind === 'parallel';
    return {
      kind: state.kind === 'final' || state.kind === 'history' ? state.kind : isRegion ? 'region' : 'state',
      state: state.index,
      id: state.id,
      title,
      place,
      lines: parts.flatMap(({ lines }) => lines),
      inner,
      tooltip: [`${title} ${place}`, ...[...parts, ...inner].map(({ tooltip }) => tooltip)].join('\n'),
    };
  }

  #textsOf(transition: Transition): Texts {
    const actions = actionLines(transition.content).map((line, at) => (at === 0 ? `/ ${line}` : `  ${line}`));
    const around = this.#document.states[transition.source]!.at.file;
    const trigger = triggerLines(transition, placeText(transition.at, around));
    return { lines: [...trigger, ...shortLines(actions)], tooltip: [...trigger, ...actions].join('\n') };
  }

  #connect(transition: Transition, isInitial: boolean): void {
    const { index, source, targets } = transition;
    const from = isInitial ? initialId(source) : stateId(source);
    const hasText = !isInitial || transition.content.length > 0;
    const { lines, tooltip } = hasText ? this.#textsOf(transition) : NO_TEXTS;
    const { states } = this.#document;
    const arrow = { transition: index, source: states[source]!.id, line: transition.at.line, lines, tooltip };
    const id = transitionId(index);
    if (this.#isNamed(transition)) {
      const named = [`→ ${states[targets[0]!]!.id}`, ...lines];
      this.#edge(id, { ...arrow, lines: named, end: 'head' }, from);
      return;
    }
    if (targets.length === 1) {
      this.#edge(id, { ...arrow, end: 'head' }, from, stateId(targets[0]!));
      return;
    }
    const fork = `f${index}`;
    this.#boxes.set(fork, {
      kind: 'fork',
      title: '',
      place: '',
      lines: [],
      inner: [],
      tooltip: arrow.tooltip,
    });
    const around = isInitial ? source : this.#around(source, targets);
    const node = { id: fork, width: 24, height: 6, children: [] };
    this.#forks.set(around, [...(this.#forks.get(around) ?? []), { source, node }]);
    this.#edge(id, { ...arrow, end: 'plain' }, from, fork);
    for (const [at, target] of targets.entries()) {
      this.#edge(`${id}.${at}`, { ...arrow, lines: [], end: 'head' }, fork, stateId(target));
    }
  }

  #edge(id: string, arrow: Arrow, source: string, target?: string): void {
    this.#arrows.set(id, arrow);
    const label = arrow.lines.length === 0 ? undefined : textSize(arrow.lines);
    this.#edges.push({ id, source, ...defined({ target, label }) });
  }

  /** An arrow to a state that many arrows reach from other levels: only its text names the target. */
  #isNamed({ source, targets }: Transition): boolean {
    const [target] = targets;
    return (
      targets.length === 1 && this.#isFar(source, target!) && this.#farArrows.get(target!)! > MAX_FAR_ARROWS
    );
  }

  /** Neither state is inside the other, and they are not beside each other. */
  #isFar(source: number, target: number): boolean {
    const { states } = this.#document;
    const [a, b] = [states[Math.min(source, target)]!, states[Math.max(source, target)]!];
    return a.parent !== b.parent && b.index > a.lastDescendant;
  }

  /** The innermost state that has the source and all targets inside. */
  #around(source: number, targets: readonly number[]): number {
    const { states } = this.#document;
    let at = states[source]!.parent;
    while (at > 0 && targets.some((target) => target <= at || target > states[at]!.lastDescendant)) {
      at = states[at]!.parent;
    }
    return Math.max(0, at);
  }
}

export function stateId(index: number): string {
  return `s${index}`;
}

function initialId(state: number): string {
  return `i${state}`;
}

function transitionId(index: number): string {
  return `t${index}`;
}

/** No document can write the ids that the loader makes. */
function titleOf({ id, kind, history }: StateNode): string {
  if (kind === 'history') return `${history === 'deep' ? 'H*' : 'H'} ${id}`;
  return kind === 'parallel' ? `${id} (parallel)` : id;
}

function textsOf(head: string, actions: readonly string[]): Texts {
  const lines = actions.map((line, at) => (at === 0 ? `${head} ${line}`.trim() : `  ${line}`));
  return { lines: shortLines(lines), tooltip: lines.join('\n') };
}
