/** Variables that functions and blocks of document code bind themselves; everything else is free. */
export class LocalScope {
  readonly names = new Set<string>();
  readonly parent: LocalScope | undefined;
  /** The function that the scope belongs to; undefined outside of functions. */
  readonly frame: FunctionFrame | undefined;
  /** Set on the scope of a `with` body: the constant that holds the object. */
  withObject: string | undefined;

  constructor(parent: LocalScope | undefined, frame: FunctionFrame | undefined) {
    this.parent = parent;
    this.frame = frame;
  }

  /** True when a `with` stands between here and the top. */
  hasWith(): boolean {
    if (this.withObject !== undefined) return true;
    return this.parent?.hasWith() ?? false;
  }
}

/** A function that is being rewritten. */
export interface FunctionFrame {
  readonly parent: FunctionFrame | undefined;
  readonly arrow: boolean;
  readonly strict: boolean;
  /** True when it uses a variable, or the `this`, of a scope around it. */
  captures: boolean;
}

export function openFrame(parent: FunctionFrame | undefined, arrow: boolean, strict: boolean): FunctionFrame {
  return { parent, arrow, strict, captures: false };
}

/** Ends a function; returns the one around it. */
export function closeFrame(frame: FunctionFrame): FunctionFrame | undefined {
  return frame.parent;
}
