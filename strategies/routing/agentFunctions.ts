import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { defined, type Json, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { parseTarget, TargetType } from '../targets/index.ts';
import { type AgentRecord, AgentState } from './agentRecord.ts';
import { isLoggedInFor, stateFor } from './agentState.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { readExcluded } from './excludedAgents.ts';
import { matchBatch } from './matchTask.ts';
import type { SettingOf } from './outsideFigures.ts';
import { DEFAULT_SWITCH } from './resource.ts';
import { viewRoute } from './routeStrategy.ts';
import type { Submits } from './submits.ts';
import { type FunctionCall, invalidParameter, textAt, type UrsFunction } from './ursFunction.ts';
import { callBatch, type VirtualInteraction } from './virtualInteraction.ts';

/** Agents that a call may exclude by ExcludeAgents. */
export const MAX_EXCLUDED_AGENTS = 200;

/** Types of configuration objects, as requests name them. */
const ObjectType = { PERSON: 'CFGPerson', APPLICATION: 'CFGApplication', LIST: 'CFGTransaction' } as const;

export interface AgentFunctionDeps {
  readonly durable: Durable;
  readonly agents: Pick<Agents, 'record' | 'records' | 'isFree'>;
  readonly submits: Pick<Submits, 'excludeBatch'>;
  readonly runtime: Pick<CallRuntime, 'applyBatch'>;
  /** Default: the installation has no options and lists. */
  readonly settingOf?: SettingOf;
}

type AgentFunction = 'ExcludeAgents' | 'FindConfigObject' | 'GetObjectProperty' | 'TargetState';

/** The functions about agents and other objects of the configuration. */
export function agentFunctions(deps: AgentFunctionDeps): Readonly<Record<AgentFunction, UrsFunction>> {
  const { agents } = deps;
  return {
    /** `ExcludeAgents["kate,paul"]`: from now on the call gets none of them. Tells those before. */
    ExcludeAgents: (given) => {
      const excluded = readAgentIds(given);
      return {
        answer: (excludedOf(deps.durable, given.call) ?? []).join(','),
        batch: excludedBatch(deps, given, excluded),
      };
    },
    /** `FindConfigObject["CFGPerson", "employee_id:kate"]`: null if there is none. */
    FindConfigObject: (given) => {
      requireType(given, 'FindConfigObject', [ObjectType.PERSON]);
      const found = findPerson(agents, given);
      return { answer: found === undefined ? null : personOf(found) };
    },
    /** `GetObjectProperty[type, name, section, property]`: null if there is none. */
    GetObjectProperty: (given) => ({ answer: propertyOf(deps, given) }),
    /** `TargetState["kate.A"]`: null if there is no such agent. */
    TargetState: (given) => {
      const text = textAt(given, { at: 0, of: 'TargetState' });
      const { type, name, skills } = parseTarget(text);
      const isAgent = type === TargetType.AGENT && skills === undefined;
      if (!isAgent && type !== TargetType.PLACE) {
        throw invalidParameter({ at: 0, of: 'TargetState' }, 'one agent (types A, AP)', text);
      }
      const id = readId<AgentId>(name);
      const found = isAgent ? id && agents.record(id) : agents.records().find(({ place }) => place === name);
      return { answer: found === undefined ? null : stateOf(agents, found) };
    },
  };
}

function excludedOf(
  durable: Durable,
  { owner, excluded }: VirtualInteraction,
): readonly string[] | undefined {
  return owner.kind === 'submit' ? readExcluded(durable, owner.interactionId) : excluded;
}

/** A reservation of an agent who is excluded now ends. urs-routing 5. */
function excludedBatch(
  { submits, runtime }: AgentFunctionDeps,
  { call, now }: FunctionCall,
  agentIds: readonly AgentId[],
): Batch {
  const { owner } = call;
  if (owner.kind === 'submit') return submits.excludeBatch(owner.sessionId, owner.interactionId, agentIds);
  const { excluded: _before, ...rest } = call;
  const changed = { ...rest, ...defined({ excluded: agentIds.length === 0 ? undefined : agentIds }) };
  const { state, context } = viewRoute(call.snapshot);
  const isAsked =
    state === 'announcing' && context.agent !== undefined && agentIds.includes(context.agent.agentId);
  if (isAsked) return runtime.applyBatch(changed, { type: 'routeRefused', now });
  // Agents who were excluded before may be free.
  return joinBatches(callBatch(changed, now), matchBatch(now));
}

/** An empty text excludes nobody. */
function readAgentIds({ params }: FunctionCall): readonly AgentId[] {
  const [list] = params;
  const names = typeof list === 'string' ? list.split(',').filter((name) => name.trim() !== '') : undefined;
  const found = names?.flatMap((name) => readId<AgentId>(name.trim()) ?? []);
  if (found !== undefined && found.length === names?.length && found.length <= MAX_EXCLUDED_AGENTS) {
    return found;
  }
  const expected = `at most ${MAX_EXCLUDED_AGENTS} ids of agents, separated by commas (MAX_EXCLUDED_AGENTS)`;
  throw invalidParameter({ at: 0, of: 'ExcludeAgents' }, expected, list);
}

function requireType(
  given: FunctionCall,
  of: 'FindConfigObject' | 'GetObjectProperty',
  types: readonly string[],
): string {
  const text = textAt(given, { at: 0, of });
  const found = types.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw invalidParameter({ at: 0, of }, `an object that this server has (${types.join(', ')})`, text);
}

/** `employee_id:kate`, `login_id:kate`, or only the id: both ids of a person are that of the agent here. */
function findPerson(agents: Pick<Agents, 'record'>, given: FunctionCall): AgentRecord | undefined {
  const place = { at: 1, of: 'FindConfigObject' } as const;
  const text = textAt(given, place);
  const [, key, name = ''] = /^(?:([a-z_]+):)?(.+)$/s.exec(text) ?? [];
  if (key !== undefined && key !== 'employee_id' && key !== 'login_id') {
    throw invalidParameter(place, 'employee_id:… or login_id:…', text);
  }
  const id = readId<AgentId>(name.trim());
  return id && agents.record(id);
}

function propertyOf({ agents, settingOf }: AgentFunctionDeps, given: FunctionCall): Json {
  const of = 'GetObjectProperty';
  const type = requireType(given, of, Object.values(ObjectType));
  const [name, section, property] = [1, 2, 3].map((at) => textAt(given, { at, of })) as [
    string,
    string,
    string,
  ];
  if (type !== ObjectType.PERSON) {
    return settingOf?.(type === ObjectType.LIST ? 'list' : 'application', [name, section, property]) ?? null;
  }
  const id = readId<AgentId>(name);
  const agent = id && agents.record(id);
  if (agent === undefined) return null;
  if (section !== 'skills' && section !== 'agent') {
    throw invalidParameter({ at: 2, of }, "'agent' or 'skills', the sections of a CFGPerson", section);
  }
  const values: { readonly [name: string]: Json } = section === 'skills' ? agent.skills : personOf(agent);
  return Object.hasOwn(values, property) ? values[property]! : null;
}

function personOf(agent: AgentRecord): { readonly [name: string]: Json } {
  const { agentId, nickname, groups, skills, place, media } = agent;
  return {
    employee_id: agentId,
    name: nickname ?? agentId,
    groups: [...groups],
    skills: { ...skills },
    medias: [...media],
    dn: dnOf(agent),
    ...defined({ place }),
  };
}

/** The readiness of an agent, the media for which they are logged in, and their devices. */
function stateOf(agents: Pick<Agents, 'isFree'>, agent: AgentRecord): Json {
  const { agentId, state, reason, media, place } = agent;
  const medias = media
    .filter((one) => isLoggedInFor(agent, one))
    .map((one) => ({
      name: one,
      state: stateFor(agent, one).state,
      available: agents.isFree(agentId, one) ? 1 : 0,
    }));
  return {
    agent: agentId,
    ready: state === AgentState.READY ? 1 : 0,
    state,
    medias,
    dns: state === AgentState.LOGGED_OUT ? [] : [dnOf(agent)],
    ...defined({ reason, place }),
  };
}

/** As results of routing have it. */
function dnOf({ agentId, dn, switchName }: AgentRecord): string {
  return `${dn ?? agentId}@${switchName ?? DEFAULT_SWITCH}.DN`;
}
