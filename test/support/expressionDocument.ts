import type {
  Action,
  DataItem,
  Dialect,
  Document,
  Expression,
  StateNode,
} from '../../engine/interpreter/document/model.ts';

/** The parts of a document besides its expressions. */
export interface ExpressionDocumentOptions {
  readonly dialect?: Dialect;
  readonly datamodel?: 'ecmascript' | 'null';
  readonly name?: string;
  readonly url?: string;
  /** Ids of the top-level datamodel. */
  readonly data?: readonly string[];
  /** Parent of every state; index 0 is <scxml>, -1 its parent. Default: only <scxml>. */
  readonly parents?: readonly number[];
  /** _my_prefix by state. */
  readonly prefixes?: { readonly [state: number]: string };
}

export interface Code {
  readonly kind: Expression['kind'];
  readonly source: string;
  readonly state?: number;
}

export const value = (source: string, state = 0): Code => ({ kind: 'value', source, state });
export const condition = (source: string, state = 0): Code => ({ kind: 'condition', source, state });
export const location = (source: string, state = 0): Code => ({ kind: 'location', source, state });
export const script = (source: string, state = 0): Code => ({ kind: 'script', source, state });

const AT = { file: 'file:///test/document.scxml', line: 1, column: 1 };

/** A document that has only expressions. Slot n is the nth code. */
export function expressionDocument(
  codes: readonly Code[],
  options: ExpressionDocumentOptions = {},
): Document {
  const { dialect = 'w3c', datamodel = 'ecmascript', name = 'test', url = AT.file } = options;
  const expressions = codes.map((code, slot) => ({
    slot,
    kind: code.kind,
    source: code.source,
    state: code.state ?? 0,
    at: AT,
  }));
  const parents = options.parents ?? [-1];
  const states = parents.map((parent, index) => stateNode(parent, index, options.prefixes?.[index]));
  const data: DataItem[] = (options.data ?? []).map((id) => ({ id, state: 0, at: AT }));
  const scripts: Action[] = [];
  return {
    url,
    name,
    dialect,
    datamodel,
    binding: 'early',
    persist: true,
    hash: '00',
    sources: [],
    states,
    transitions: [],
    expressions,
    scripts,
    data,
    invokes: [],
    stateById: new Map(states.map((state) => [state.id, state.index])),
    warnings: [],
  };
}

function stateNode(parent: number, index: number, prefix: string | undefined): StateNode {
  return {
    index,
    id: `state${index}`,
    kind: index === 0 ? 'scxml' : 'atomic',
    parent,
    children: [],
    lastDescendant: index,
    depth: 0,
    transitions: [],
    onentry: [],
    onexit: [],
    invokes: [],
    data: [],
    ...(prefix === undefined ? {} : { prefix }),
    at: AT,
  };
}
