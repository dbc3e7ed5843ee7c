/** Variables that functions and blocks of document code bind themselves; everything else is free. */
export class LocalScope {
  readonly names = new Set<string>();
  readonly parent: LocalScope | undefined;
  /** The function that the scope belongs to; undefined outside of functions. */
  readonly frame: FunctionFrame | undefined;
  /** Scope of a `with` body: name of the constant that holds the object. */
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

  /** How many `with` statements are around code of this scope. */
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
