import { createHash } from 'node:crypto';
import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';

/** Days for which it is known which agent a customer had, unless the configuration names another number. */
export const FORMER_AGENT_DAYS = 30;

const TABLE = 'formerAgent';
const DAY_MS = 86_400_000;
/** Keys of properties that one record names. */
const MAX_KEYS = 50;

/** Properties that find a customer. */
type Properties = Readonly<Record<string, string>>;

/** Table `formerAgent`, by a digest of a property. */
interface FormerAgent {
  readonly agentId: AgentId;
  /** ms since epoch. */
  readonly at: number;
  /**
   * The keys of the properties of this customer, those of earlier chats too, so that their data can be
   * removed by any of them.
   */
  readonly keys: readonly string[];
}

/** The agent whom each customer had last. A strategy of routing may ask for this agent first. */
export class FormerAgents {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #keptMs: number;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** 0: nothing is kept. */
    readonly days: number;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#keptMs = deps.days * DAY_MS;
  }

  /** The customer got this agent, for the commit that says so. */
  gotBatch(customer: Properties, agentId: AgentId): Batch {
    const keys = keysOf(customer);
    if (this.#keptMs === 0 || keys.length === 0) return {};
    const at = this.#clock.now();
    const linked = [...new Set([...keys, ...this.#linkedTo(keys)])].slice(0, MAX_KEYS);
    const value: FormerAgent = { agentId, at, keys: linked };
    return { put: keys.map((key) => ({ table: TABLE, key, value, expiresAt: at + this.#keptMs })) };
  }

  /** The last agent of a customer with one of these properties. */
  find(customer: Properties): AgentId | undefined {
    return this.#read(keysOf(customer)).sort((a, b) => b.at - a.at)[0]?.agentId;
  }

  /** Removes all that is known of the customers with one of these properties. */
  forgetBatch(customers: readonly Properties[]): Batch {
    const keys = customers.flatMap(keysOf);
    const linked = this.#linkedTo(keys);
    const all = new Set([...keys, ...linked, ...this.#linkedTo(linked)]);
    return { remove: [...all].map((key) => ({ table: TABLE, key })) };
  }

  #linkedTo(keys: readonly string[]): readonly string[] {
    return this.#read(keys).flatMap((found) => found.keys);
  }

  #read(keys: readonly string[]): FormerAgent[] {
    return keys.flatMap((key) => this.#durable.get<FormerAgent>(TABLE, key) ?? []);
  }
}

/** A digest, because a value may be longer than a key of the store. */
function keysOf(customer: Properties): readonly string[] {
  return Object.entries(customer)
    .filter(([, value]) => value !== '')
    .map((property) => createHash('sha256').update(JSON.stringify(property)).digest('hex'));
}
