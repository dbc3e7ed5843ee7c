/**
 * Records what code uses, while it is rewritten. Parts of a session that no code uses are not kept up to
 * date.
 */
export class Usage {
  event = false;
  genesys = false;
  configuration = false;
  ioProcessors = false;
  /** True when a function uses _event or _genesys: any code may call it. */
  eventInFunction = false;
  genesysInFunction = false;
  /** Getters, symbols or property descriptors: snapshots must then read more than values. */
  exotic = false;

  /** Rewrites a part of the code; tells whether that part itself uses _event and _genesys. */
  record<Made>(rewrite: () => Made): {
    readonly made: Made;
    readonly event: boolean;
    readonly genesys: boolean;
  } {
    const { event, genesys } = this;
    this.event = false;
    this.genesys = false;
    try {
      const made = rewrite();
      return { made, event: this.event, genesys: this.genesys };
    } finally {
      this.event ||= event;
      this.genesys ||= genesys;
    }
  }
}
