import fc from 'fast-check';
import { layOut, type StateRow, statesBelow, type TreeShape } from './layOut.ts';

/** Events that a test sends; a document may also raise them. The descriptor `x1` also matches `x1.more`. */
export const EXTERNAL_EVENTS = ['x0', 'x1', 'x1.more', 'x2', 'x3'] as const;
const DESCRIPTORS = [['x0'], ['x1'], ['x1.more'], ['x2'], ['x3'], ['x0', 'x3'], ['i0'], ['i1']] as const;
const RAISED = ['i0', 'i1', 'x1.more'] as const;
/** Most raised events and eventless transitions between two external events. */
const FUEL = 8;

export interface GenerateOptions {
  /**
   * Only features that SCION implements like Appendix D. The omitted features and the reasons are listed by
   * name in test/conformance/scionFaults.ts.
   */
  readonly peer: boolean;
}

interface ActionShape {
  readonly kind: 'log' | 'raise' | 'count' | 'choose';
  readonly n: number;
}

interface TransitionShape {
  readonly source: number;
  readonly trigger: 'event' | 'event' | 'eventless' | 'done' | 'any';
  readonly event: number;
  readonly guard: 'none' | 'count' | 'in';
  readonly aim: 'one' | 'none' | 'regions';
  readonly targets: readonly [number, number, number];
  readonly internal: boolean;
  readonly content: readonly ActionShape[];
}

interface BlockShape {
  readonly state: number;
  readonly onexit: boolean;
  readonly content: readonly ActionShape[];
}

interface DocumentShape {
  readonly roots: readonly TreeShape[];
  readonly topFinal: boolean;
  readonly transitions: readonly TransitionShape[];
  readonly blocks: readonly BlockShape[];
}

const nat = fc.nat({ max: 1000 });

/** Levels of states below the roots. */
const MAX_DEPTH = 3;

function treeOf(depth: number): fc.Arbitrary<TreeShape> {
  return fc.record({
    kind: fc.constantFrom('state', 'state', 'parallel'),
    children: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3, size: 'max' }),
    final: fc.boolean(),
    history: fc.constantFrom(undefined, undefined, 'shallow', 'deep'),
    initial: fc.constantFrom('default', 'attribute', 'element'),
    initialAt: nat,
  });
}

const action: fc.Arbitrary<ActionShape> = fc.record({
  kind: fc.constantFrom('log', 'raise', 'count', 'choose'),
  n: nat,
});

const shape: fc.Arbitrary<DocumentShape> = fc.record({
  roots: fc.array(treeOf(MAX_DEPTH), { minLength: 1, maxLength: 3, size: 'max' }),
  topFinal: fc.boolean(),
  transitions: fc.array(
    fc.record({
      source: nat,
      trigger: fc.constantFrom('event', 'event', 'event', 'eventless', 'done', 'any'),
      event: nat,
      guard: fc.constantFrom('none', 'none', 'count', 'in'),
      aim: fc.constantFrom('one', 'one', 'one', 'none', 'regions'),
      targets: fc.tuple(nat, nat, nat),
      internal: fc.boolean(),
      content: fc.array(action, { maxLength: 2 }),
    }) as fc.Arbitrary<TransitionShape>,
    { minLength: 2, maxLength: 24, size: 'max' },
  ),
  blocks: fc.array(
    fc.record({
      state: nat,
      onexit: fc.boolean(),
      content: fc.array(action, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 6, size: 'max' },
  ),
});

/**
 * Legal SCXML documents (W3C dialect) of up to about 25 states. Every state logs `enter <id>` and `exit
 * <id>`, content logs `<where> <id> <n>`. Loops of raised events and eventless transitions spend `fuel`,
 * which an external event fills again: every macrostep ends.
 */
export function generateDocument(options: GenerateOptions = { peer: false }): fc.Arbitrary<string> {
  return shape.map((document) => render(document, options));
}

export function generateEvents(maxLength = 8): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.constantFrom(...EXTERNAL_EVENTS), { minLength: 1, maxLength, size: 'max' });
}

function render(document: DocumentShape, { peer }: GenerateOptions): string {
  const states = layOut(document.roots, document.topFinal, peer);
  const writer = new Writer(states, document, peer);
  const first = states.find((state) => state.parent === undefined)!;
  const body = states.filter((state) => state.parent === undefined).map((state) => writer.state(state));
  return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="${first.id}">
<datamodel><data id="fuel" expr="${FUEL}"/><data id="v0" expr="0"/><data id="v1" expr="0"/></datamodel>
${body.join('')}</scxml>`;
}

/**
 * One document of a shape. The numbers of the shape choose among the legal possibilities at their position.
 */
class Writer {
  readonly #states: readonly StateRow[];
  readonly #document: DocumentShape;
  readonly #peer: boolean;
  readonly #sources: readonly StateRow[];
  /** Regions are parallel: the peer has another order of their entries and exits. */
  readonly #parallels: readonly StateRow[];

  constructor(states: readonly StateRow[], document: DocumentShape, peer: boolean) {
    this.#states = states;
    this.#document = document;
    this.#peer = peer;
    this.#sources = states.filter(({ kind }) => kind === 'state' || kind === 'parallel');
    this.#parallels = states.filter((state) => state.kind === 'parallel' && regionsOf(state).length > 1);
  }

  state(row: StateRow): string {
    const { id, kind, children } = row;
    if (kind === 'history') {
      return `<history id="${id}" type="${row.historyType}"><transition target="${row.initialTarget}">${this.#log('history', row.parent!, 0)}</transition></history>\n`;
    }
    const blocks = this.#document.blocks.filter(({ state }) => pick(this.#states, state) === row);
    const entries = blocks.filter(({ onexit }) => !onexit).map(({ content }) => content);
    const exits = blocks.filter(({ onexit }) => onexit).map(({ content }) => content);
    const attribute = row.initial === 'attribute' ? ` initial="${row.initialTarget}"` : '';
    const initial =
      row.initial === 'element'
        ? `<initial><transition target="${row.initialTarget}">${this.#log('initial', row, 0)}</transition></initial>\n`
        : '';
    const transitions = this.#document.transitions
      .filter(({ source }) => pick(this.#sources, source) === row)
      .map((transition) => this.#transition(transition, row));
    return [
      `<${kind} id="${id}"${attribute}>\n${initial}`,
      `<onentry><log expr="'enter ${id}'"/></onentry>`,
      ...entries.map((content) => `<onentry>${this.#actions(content, 'onentry', row)}</onentry>`),
      `<onexit><log expr="'exit ${id}'"/></onexit>`,
      ...exits.map((content) => `<onexit>${this.#actions(content, 'onexit', row)}</onexit>`),
      '\n',
      ...(kind === 'final' ? [] : transitions),
      ...children.map((child) => this.state(child)),
      `</${kind}>\n`,
    ].join('');
  }

  #transition(shape: TransitionShape, source: StateRow): string {
    const targets = this.#targets(shape, source);
    const trigger = this.#trigger(shape);
    const guards = this.#guards(shape, trigger.spends);
    const attributes = [
      trigger.event === undefined ? '' : ` event="${trigger.event}"`,
      guards.length === 0 ? '' : ` cond="${guards.join(' &amp;&amp; ')}"`,
      targets.length === 0 ? '' : ` target="${targets.map(({ id }) => id).join(' ')}"`,
      shape.internal && targets.length > 0 ? ' type="internal"' : '',
    ];
    const pays = trigger.spends ? '<assign location="fuel" expr="fuel - 1"/>' : '';
    const fills = trigger.fills ? `<assign location="fuel" expr="${FUEL}"/>` : '';
    const content = this.#actions(shape.content, 'transition', source);
    return `<transition${attributes.join('')}>${pays}${fills}${this.#log('transition', source, shape.event)}${content}</transition>\n`;
  }

  #trigger(shape: TransitionShape): { event?: string; spends: boolean; fills: boolean } {
    if (shape.trigger === 'eventless') return { spends: true, fills: false };
    if (shape.trigger === 'any' && !(this.#peer && this.#parallels.length > 0)) {
      return { event: '*', spends: true, fills: false };
    }
    const done = this.#states.filter(
      (state) =>
        state.children.length > 0 &&
        !(this.#peer && (state.kind === 'parallel' || isInside(state, 'parallel'))),
    );
    if (shape.trigger === 'done' && done.length > 0) {
      return { event: `done.state.${pick(done, shape.event).id}`, spends: true, fills: false };
    }
    const names = pick(DESCRIPTORS, shape.event);
    // A raised event must not refill the fuel that raising it costs.
    const fills = names.every((name) => name === 'x0' || name === 'x2' || name === 'x3');
    return { event: names.join(' '), spends: !fills, fills };
  }

  #guards(shape: TransitionShape, spends: boolean): string[] {
    const guards = spends ? ['fuel &gt; 0'] : [];
    if (shape.guard === 'count') guards.push(`v${shape.targets[1] % 2} % 2 === ${shape.targets[2] % 2}`);
    const active = this.#states.filter(({ kind }) => kind !== 'history');
    if (shape.guard === 'in') guards.push(`In('${pick(active, shape.targets[2]).id}')`);
    return guards;
  }

  #targets(shape: TransitionShape, source: StateRow): readonly StateRow[] {
    const { aim } = shape;
    const [which, first, second] = shape.targets;
    if (aim === 'none' && !(this.#peer && (source.children.length > 0 || isInside(source, 'parallel')))) {
      return [];
    }
    if (aim === 'regions') {
      const parallels = this.#parallels.filter((p) => !(this.#peer && statesBelow(p).includes(source)));
      if (parallels.length > 0) {
        const regions = regionsOf(pick(parallels, which));
        const at = first % (regions.length - 1);
        return [regions[at]!, regions[at + 1]!].map((region, n) =>
          pick(this.#allowed(source, [region, ...statesBelow(region)]), n === 0 ? first : second),
        );
      }
    }
    return [pick(this.#allowed(source, this.#states), which)];
  }

  #allowed(source: StateRow, targets: readonly StateRow[]): readonly StateRow[] {
    if (!this.#peer) return targets;
    return targets.filter(
      (target) => target.kind !== 'history' || !statesBelow(target.parent!).includes(source),
    );
  }

  #actions(content: readonly ActionShape[], where: string, state: StateRow): string {
    const ordered = where !== 'transition' && this.#peer && this.#parallels.length > 0;
    return content.map((action) => this.#action(action, where, state, ordered)).join('');
  }

  /** `alike`: only content whose outcome does not depend on the order of states in a microstep. */
  #action({ kind, n }: ActionShape, where: string, state: StateRow, alike: boolean): string {
    const count = `<assign location="v${n % 2}" expr="v${n % 2} + 1"/>`;
    const raise = `<if cond="fuel &gt; 0"><assign location="fuel" expr="fuel - 1"/><raise event="${pick(RAISED, n)}"/></if>`;
    if (kind === 'log') return this.#log(where, state, n);
    if (kind === 'count' || alike) return count;
    if (kind === 'raise') return raise;
    const otherwise = this.#log(where, state, n);
    const also = this.#peer ? '' : `<elseif cond="In('${pick(this.#sources, n).id}')"/>${count}`;
    return `<if cond="v${n % 2} % 2 === 0">${raise}${also}<else/>${otherwise}</if>`;
  }

  #log(where: string, state: StateRow, n: number): string {
    return `<log expr="'${where} ${state.id} ${n}'"/>`;
  }
}

function pick<T>(all: readonly T[], n: number): T {
  return all[n % all.length]!;
}

function regionsOf(parallel: StateRow): readonly StateRow[] {
  return parallel.children.filter(({ kind }) => kind !== 'history');
}

function isInside(state: StateRow, kind: StateRow['kind']): boolean {
  for (let above = state.parent; above !== undefined; above = above.parent) {
    if (above.kind === kind) return true;
  }
  return false;
}
