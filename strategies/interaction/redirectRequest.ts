import type { ModuleRequest } from '../../engine/host/index.ts';
import { type Json, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { type AgentRecord, type Agents, attributeText, type Routing } from '../routing/index.ts';
import { parseTarget, TargetError, TargetType } from '../targets/index.ts';
import type { InteractionRecord } from './interactionRecord.ts';
import type { Fault } from './moduleFault.ts';

/** Names of `_genesys.queue.rType`, in the order of their values (ors-dialect 2.10). */
const ROUTE_TYPES = [
  'Unknown', 'Default', 'Label', 'OverwriteDNIS', 'DDD', 'IDDD', 'Direct', 'Reject', 'Announcement', 'PostFeature',
  'DirectAgent', 'GetFromDN',
]; // biome-ignore format: a table

/** Types of target that name a queue: queue, routing point, group of queues. */
const QUEUE_TYPES = new Set(['Q', 'RP', 'GQ']);

/** Destination of a redirect. */
export type Destination =
  | { readonly kind: 'agent'; readonly agent: AgentRecord }
  /** An interaction queue: its application takes the interaction. */
  | { readonly kind: 'queue'; readonly queue: string }
  /** Type RouteTypeReject: the interaction ends. */
  | { readonly kind: 'reject' };

/** Attributes of <ixn:redirect>, besides the interaction. */
export interface RedirectRequest {
  readonly to: Destination;
  readonly detach: boolean;
  /** ms that the agent is asked. */
  readonly timeoutMs?: number | undefined;
  /** The hints that are no options of the server: for the desktop of the agent. */
  readonly hints?: Json | undefined;
}

interface Deps {
  readonly agents: Agents;
  readonly routing: Pick<Routing, 'findAgent'>;
  /** True for a configured interaction queue. */
  readonly isQueue: (name: string) => boolean;
}

/** Reads <ixn:redirect>; ors-dialect 2.11. */
export function readRedirect(
  { attributes }: ModuleRequest,
  interaction: InteractionRecord,
  deps: Deps,
): RedirectRequest | Fault {
  const from = queueOf(attributes.from) ?? attributeText(attributes.from);
  if (from !== '' && from !== interaction.queue) {
    return badRequest(
      `Expected from to be the queue '${interaction.queue}' of the interaction, got '${from}'.`,
    );
  }
  const hints = readHints(attributes.hints);
  if ('error' in hints) return hints;
  const detachText = attributeText(attributes.detach).toLowerCase();
  if (!['', 'true', 'false'].includes(detachText)) {
    return badRequest(`Expected detach to be true or false, got '${detachText}'.`);
  }
  const detach = detachText === 'true';
  const route = readRouteType(attributes.type);
  if (typeof route !== 'string') return route;
  if (route === 'Reject') return { to: { kind: 'reject' }, detach, ...hints };
  const to = readDestination(attributes.to, interaction.media, deps);
  if (to === undefined) {
    const expected = 'Expected to to name an agent or a configured interaction queue';
    return { error: 'invaliddestination', description: `${expected}, got ${JSON.stringify(attributes.to)}.` };
  }
  if (route === 'DirectAgent' && to.kind !== 'agent') {
    const description = `Expected to to name an agent, because type is RouteTypeDirectAgent, got the queue '${to.queue}'.`;
    return { error: 'invaliddestination', description };
  }
  return { to, detach, ...hints };
}

/** The name of the route type, or a fault for one that only telephone calls have. */
function readRouteType(value: Json | undefined): string | Fault {
  const text = attributeText(value);
  if (text === '') return 'Unknown';
  const name = ROUTE_TYPES[Number(text)] ?? text.replace(/^RouteType/, '');
  if (!ROUTE_TYPES.includes(name)) {
    return badRequest(`Expected type to be a value of _genesys.queue.rType, got '${text}'.`);
  }
  if (['Unknown', 'Default', 'Direct', 'DirectAgent', 'Reject'].includes(name)) return name;
  const description = `type RouteType${name} is a route of telephone calls, and this server has no voice channel.`;
  return { error: 'unsupported', description };
}

/**
 * `to` is a resource object of a routing result ({agent}, {dn} or {place}; {queue} for a queue), a target
 * string `name@server.type` (of a group: the agent who has been ready longest), the id, place or directory
 * number of an agent, or the name of an interaction queue. Undefined: none of these.
 */
function readDestination(
  to: Json | undefined,
  media: string,
  deps: Deps,
): Exclude<Destination, { readonly kind: 'reject' }> | undefined {
  const queue = queueOf(to);
  if (queue !== undefined) return deps.isQueue(queue) ? { kind: 'queue', queue } : undefined;
  const agent = findAgent(to, media, deps);
  if (agent !== undefined) return { kind: 'agent', agent };
  const text = attributeText(to);
  const name = [text, text.replace(/@[^@]*$/, '')].find((one) => deps.isQueue(one));
  return name === undefined ? undefined : { kind: 'queue', queue: name };
}

/** The queue of `{queue}` and of `name@server.Q`. */
function queueOf(value: Json | undefined): string | undefined {
  if (typeof value === 'object' && value !== null && 'queue' in value) return attributeText(value.queue);
  const [, name, type] = /^(.+)@[^@]*\.([A-Za-z]+)$/.exec(attributeText(value)) ?? [];
  return type !== undefined && QUEUE_TYPES.has(type.toUpperCase()) ? name : undefined;
}

function findAgent(to: Json | undefined, media: string, { agents, routing }: Deps): AgentRecord | undefined {
  if (to === null || to === undefined) return undefined;
  if (typeof to === 'object' && 'agent' in to) return named(attributeText(to.agent), agents);
  if (typeof to === 'object') {
    const { dn, place } = to as { readonly dn?: Json; readonly place?: Json };
    return named(attributeText(dn ?? place), agents);
  }
  const text = attributeText(to);
  return (
    named(text, agents) ??
    targeted(text, { agents, routing, media }) ??
    named(text.replace(/@[^@]*$/, ''), agents)
  );
}

function targeted(
  text: string,
  { agents, routing, media }: { agents: Agents; routing: Pick<Routing, 'findAgent'>; media: string },
): AgentRecord | undefined {
  try {
    const { type, name } = parseTarget(text);
    if (type === TargetType.AGENT || type === TargetType.PLACE || type === 'DN') return named(name, agents);
    return routing.findAgent(text, media);
  } catch (error) {
    // Not a target string. It may be 'number@switch', which the caller tries next.
    if (error instanceof TargetError) return undefined;
    throw error;
  }
}

export function named(name: string, agents: Agents): AgentRecord | undefined {
  const id = readId<AgentId>(name);
  if (id === undefined) return undefined;
  const known = agents.record(id);
  if (known !== undefined) return known;
  const all = agents.records();
  return all.find(({ dn }) => dn === name) ?? all.find(({ place }) => place === name);
}

/** `_agent_reserve_timeout` (seconds) is of the server. `hints` may be an object or its JSON. */
function readHints(value: Json | undefined): Pick<RedirectRequest, 'timeoutMs' | 'hints'> | Fault {
  if (value === undefined || value === null || value === '') return {};
  const object = typeof value === 'string' ? parseObject(value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return badRequest(`Expected hints to be an object or its JSON, got ${JSON.stringify(value)}.`);
  }
  const { _agent_reserve_timeout: timeout, ...hints } = object as Readonly<Record<string, Json>>;
  const given = Object.keys(hints).length === 0 ? {} : { hints };
  if (attributeText(timeout) === '') return given;
  const seconds = Number(attributeText(timeout));
  if (Number.isFinite(seconds) && seconds > 0) return { ...given, timeoutMs: seconds * 1000 };
  return badRequest(
    `Expected _agent_reserve_timeout of hints to be seconds above 0, got ${JSON.stringify(timeout)}.`,
  );
}

function parseObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The caller reports the text.
    return undefined;
  }
}

function badRequest(description: string): Fault {
  return { error: 'badrequest', description };
}
