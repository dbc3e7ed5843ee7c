/** The variables that a function or block of document code binds. A name that no scope binds is free. */
export class LocalScope {
  readonly names = new Set<string>();
  readonly parent: LocalScope | undefined;
  /** The function that the scope belongs to; undefined outside of functions. */
  readonly frame: FunctionFrame | undefined;
  /** Scope of a `with` body: name of the constant with the object. */
  readonly withObject: string | undefined;

  constructor(
    parent: LocalScope | undefined,
    frame: FunctionFrame | undefined,
    withObject: string | undefined = undefined,
  ) {
    this.parent = parent;
    this.frame = frame;
    this.withObject = withObject;
  }

  /** Number of `with` statements around code of this scope. */
  get withDepth(): number {
    return (this.parent?.withDepth ?? 0) + (this.withObject === undefined ? 0 : 1);
  }
}

/** A function that is being rewritten. */
export interface FunctionFrame {
  readonly parent: FunctionFrame | undefined;
  readonly isArrow: boolean;
  readonly isStrict: boolean;
  /** Becomes true when the function uses a variable, or the `this`, of a scope around it. */
  captures: boolean;
}
