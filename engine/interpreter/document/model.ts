/**
 * A parsed, validated, immutable SCXML document. States and transitions are numbered in document order;
 * everything that runs refers to them by number. One Document serves all of its sessions.
 */

export type Dialect = 'w3c' | 'ors';

/**
 * Location in a source: `file` is the URL of the file (an include has its own), lines and columns count from
 * 1.
 */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * An expression, location or script of the document, in the order of `Document.expressions`.
 * `slot` is its index there, and the index of its compiled function in the data model's code.
 */
export interface Expression {
  readonly slot: number;
  readonly kind: 'value' | 'condition' | 'location' | 'script';
  readonly source: string;
  /** Number of the state whose ORS variable scope it runs in; 0 is the <scxml> element. */
  readonly state: number;
  readonly at: SourceLocation;
}

export interface DataItem {
  readonly id: string;
  /** Number of the state with the <datamodel>; 0 for the document. */
  readonly state: number;
  /** At most one of expr, text (inline content) and src. Loading reads the file of `src` into `text`. */
  readonly expr?: Expression;
  readonly text?: string;
  readonly src?: string;
  /** Why `src` could not be read at load: a status or a code, e.g. '404', 'ENOENT'. */
  readonly unread?: string;
  readonly at: SourceLocation;
}

export type StateKind = 'scxml' | 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface StateNode {
  readonly index: number;
  /** The id attribute, or a generated one that no document can write. */
  readonly id: string;
  readonly kind: StateKind;
  /** -1 for the <scxml> element. */
  readonly parent: number;
  readonly children: readonly number[];
  /** Last index of the subtree: descendants of s are s+1 .. lastDescendant. */
  readonly lastDescendant: number;
  readonly depth: number;
  readonly history?: 'shallow' | 'deep';
  /** Transitions in document order; for history states the default transition. */
  readonly transitions: readonly number[];
  /**
   * Number of the transition of <initial>, of the initial attribute, or of the default; absent for atomic,
   * final, parallel.
   */
  readonly initial?: number;
  readonly onentry: readonly Block[];
  readonly onexit: readonly Block[];
  readonly invokes: readonly Invoke[];
  readonly data: readonly DataItem[];
  readonly donedata?: DoneData;
  /** ORS `_persist` of <state>: 'May' by default. */
  readonly persist?: string;
  /** Value of `_my_prefix` inside a subtree included with resolveid (ORS). */
  readonly prefix?: string;
  readonly at: SourceLocation;
}

/** Event descriptor: `a.b` matches a.b and a.b.c; `wildcard` alone matches everything. W3C 3.12.1. */
export interface EventDescriptor {
  readonly segments: readonly string[];
  readonly wildcard: boolean;
}

export interface Transition {
  readonly index: number;
  /** Its state (for <initial> the compound state, for a history default the history state). */
  readonly source: number;
  /** Absent: eventless. */
  readonly events?: readonly EventDescriptor[];
  readonly cond?: Expression;
  readonly type: 'internal' | 'external';
  /** Target states as written (may be history states). Empty: targetless. */
  readonly targets: readonly number[];
  readonly content: Block;
  readonly at: SourceLocation;
}

/** One <onentry>, <onexit>, <transition> or <finalize>: an error inside ends this block only. W3C 4.9. */
export type Block = readonly Action[];

export interface Param {
  readonly name: string;
  /** ORS and W3C: value expression. */
  readonly expr?: Expression;
  /** W3C: location expression. */
  readonly location?: Expression;
  readonly at: SourceLocation;
}

/** Body of <content>: an expression, or literal text (whitespace-normalised XML or text), W3C 5.6. */
export interface Content {
  readonly expr?: Expression;
  readonly text?: string;
  /** True when `text` is serialised XML. */
  readonly xml?: boolean;
  /** Inline <scxml> of an <invoke>, serialised with its namespaces. */
  readonly document?: string;
}

export interface DoneData {
  readonly params: readonly Param[];
  readonly content?: Content;
  readonly at: SourceLocation;
}

/**
 * An attribute that may be literal or computed. W3C: `event` is literal, `eventexpr` an expression.
 * ORS: `event` itself is a value expression (ors-dialect 2.2).
 */
export type Attribute = { readonly literal: string } | { readonly expr: Expression };

export interface IfBranch {
  /** Absent for <else>. */
  readonly cond?: Expression;
  readonly content: Block;
}

export type Action =
  | {
      readonly kind: 'raise';
      readonly event: string;
      readonly params: readonly Param[];
      readonly at: SourceLocation;
    }
  | { readonly kind: 'if'; readonly branches: readonly IfBranch[]; readonly at: SourceLocation }
  | {
      readonly kind: 'foreach';
      readonly array: Expression;
      readonly item: Expression;
      readonly index?: Expression;
      readonly content: Block;
      readonly at: SourceLocation;
    }
  | {
      readonly kind: 'log';
      readonly label?: Attribute;
      readonly expr?: Expression;
      readonly level?: string;
      readonly at: SourceLocation;
    }
  | {
      readonly kind: 'assign';
      readonly location: Expression;
      readonly expr?: Expression;
      readonly text?: string;
      readonly at: SourceLocation;
    }
  | { readonly kind: 'script'; readonly script: Expression; readonly at: SourceLocation }
  | {
      readonly kind: 'send';
      readonly event?: Attribute;
      readonly target?: Attribute;
      readonly type?: Attribute;
      readonly id?: string;
      readonly idlocation?: Expression;
      readonly delay?: Attribute;
      readonly namelist: readonly NamedLocation[];
      readonly params: readonly Param[];
      readonly content?: Content;
      /** ORS `hints`. */
      readonly hints?: Expression;
      readonly at: SourceLocation;
    }
  | { readonly kind: 'cancel'; readonly sendid: Attribute; readonly at: SourceLocation }
  | {
      /** An element of a Genesys module namespace, or of a namespace registered with the engine. */
      readonly kind: 'extension';
      /** 'session', 'ws', 'queue', 'interaction', 'dialog', 'classification', 'statistic', ... */
      readonly module: string;
      readonly element: ExtensionElement;
      readonly at: SourceLocation;
    }
  /** ORS: an unknown element of SCXML. Its execution raises error.unsupported.element. */
  | {
      readonly kind: 'unsupported';
      readonly namespace: string;
      readonly name: string;
      readonly at: SourceLocation;
    };

export interface NamedLocation {
  readonly name: string;
  readonly location: Expression;
}

/**
 * A foreign element with its attributes as expressions. Every attribute value is compiled as a value
 * expression when it parses as one; `literal` keeps the text as written (`timeout="10"`, `reason='x'`).
 * `location` is its form as an assignable location (`requestid="App_X['requestid']"`), where it is one.
 */
export interface ExtensionElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: ExtensionAttribute };
  readonly params: readonly Param[];
  readonly content?: Content;
  /** Child elements of the same module (queue:targets, queue:target, dialog:prompts ...). */
  readonly children: readonly ExtensionElement[];
  readonly at: SourceLocation;
}

export interface ExtensionAttribute {
  readonly literal: string;
  readonly value: Expression;
  /** Present when the text is a valid assignment target. */
  readonly location?: Expression;
}

export interface Invoke {
  readonly id?: string;
  readonly idlocation?: Expression;
  readonly type?: Attribute;
  readonly src?: Attribute;
  readonly namelist: readonly NamedLocation[];
  readonly params: readonly Param[];
  readonly content?: Content;
  readonly autoforward: boolean;
  readonly finalize: Block;
  /** True when a <finalize> element is present (an empty one updates namelist/param locations, W3C 6.5). */
  readonly hasFinalize: boolean;
  readonly state: number;
  /** Number among the invokes of the document, for generated ids. */
  readonly index: number;
  readonly at: SourceLocation;
}

export interface Document {
  readonly url: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly datamodel: 'ecmascript' | 'null';
  readonly binding: 'early' | 'late';
  /** ORS `_persist` of <scxml>, default true. */
  readonly persist: boolean;
  /**
   * Hex SHA-256 over the dialect and every source file (the document, its includes, its data src), in load
   * order.
   */
  readonly hash: string;
  /**
   * Text of every file by absolute URL: enough to load the same document again. First is the document itself.
   */
  readonly sources: readonly { readonly url: string; readonly text: string }[];
  readonly states: readonly StateNode[];
  readonly transitions: readonly Transition[];
  readonly expressions: readonly Expression[];
  /** Global <script>s, in document order, run at load of a session (W3C 5.8). */
  readonly scripts: readonly Action[];
  /** All data items of the document in document order (also in their states). */
  readonly data: readonly DataItem[];
  readonly invokes: readonly Invoke[];
  /** Index of a state by id. */
  readonly stateById: ReadonlyMap<string, number>;
  /** Warnings found at load: the document runs, but a part is suspect. */
  readonly warnings: readonly Problem[];
}

export interface Problem {
  /** Stable code, e.g. TARGET_UNKNOWN. */
  readonly code: string;
  /** One sentence with the expected value and the value in the document. */
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
}
