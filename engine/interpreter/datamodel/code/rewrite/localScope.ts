/** The variables that a function or block of document code binds. A name that no scope binds is free. */
export class LocalScope {
  readonly names = new Set<string>();
  /** Names that const declares. */
  readonly consts = new Set<string>();
  readonly parent: LocalScope | undefined;
  /** The function that the scope belongs to; undefined outside of functions. */
  readonly frame: FunctionFrame | undefined;
  /** Scope of a `with` body: name of the constant with the object. */
  readonly withObject: string | undefined;
  /** The part of the tree that makes the scope. Undefined: the scope can have no scope object. */
  readonly key: object | undefined;
  /** Variables that functions capture: properties of the scope object. */
  readonly captured: ReadonlySet<string>;
  /** Name of the variable with the scope object; undefined when nothing is captured. */
  readonly holder: string | undefined;
  /** True while parameters are rewritten: the scope object is made after them. */
  isBinding = false;
  /** True for a scope of a loop, whose scope object is replaced for each iteration. */
  isLoop = false;

  constructor(options: {
    readonly parent: LocalScope | undefined;
    readonly frame: FunctionFrame | undefined;
    readonly key?: object | undefined;
    readonly withObject?: string | undefined;
    readonly captured?: ReadonlySet<string> | undefined;
    readonly holder?: string | undefined;
  }) {
    this.parent = options.parent;
    this.frame = options.frame;
    this.key = options.key;
    this.withObject = options.withObject;
    this.captured = options.captured ?? NOTHING;
    this.holder = options.holder;
  }

  /** Number of `with` statements around code of this scope. */
  get withDepth(): number {
    return (this.parent?.withDepth ?? 0) + (this.withObject === undefined ? 0 : 1);
  }
}

const NOTHING: ReadonlySet<string> = new Set();

/** A function that is being rewritten. */
export class FunctionFrame {
  readonly parent: FunctionFrame | undefined;
  readonly isArrow: boolean;
  readonly isStrict: boolean;
  /** False where `this` has no value when the function begins, or no statement can read it. */
  readonly holdsReceiver: boolean;
  /** The scope of its parameters and body. */
  scope: LocalScope | undefined;
  /**
   * Becomes true when the function uses a variable, or the `this`, of a scope around it that is in no scope
   * object.
   */
  captures = false;
  /** True when it uses `super`, which only methods have. */
  hasSuper = false;
  /** Scopes around it whose scope objects it uses. */
  readonly uses = new Set<LocalScope>();
  /** Variables to be declared at its start. */
  readonly variables = new Set<string>();

  constructor(options: {
    readonly parent: FunctionFrame | undefined;
    readonly isArrow: boolean;
    readonly isStrict: boolean;
    readonly holdsReceiver?: boolean;
  }) {
    this.parent = options.parent;
    this.isArrow = options.isArrow;
    this.isStrict = options.isStrict;
    this.holdsReceiver = options.holdsReceiver ?? true;
  }
}
