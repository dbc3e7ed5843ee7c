import { defined } from '../../engine/ports/index.ts';
import { type AgentChange, type AgentRecord, AgentState, type MediumState } from './agentRecord.ts';

type States = Pick<AgentRecord, 'state' | 'reason' | 'mediaStates' | 'media'>;

/** The first of them that a medium has is the state of the agent. */
const ORDER: readonly AgentState[] = [
  AgentState.READY,
  AgentState.AFTER_WORK,
  AgentState.NOT_READY,
  AgentState.LOGGED_OUT,
];

/**
 * The state of the agent for a medium.
 *
 * AS1. The state of the agent is the best state of their media: ready, after-work, not ready, logged out. The
 *      reason is that of the first medium in this state. So an agent is logged out when all their media are.
 * AS2. Only the media that differ from it are kept. A change of `state` sets all media.
 */
export function stateFor(agent: States, media: string): MediumState {
  const { state, reason, mediaStates } = agent;
  if (mediaStates !== undefined && Object.hasOwn(mediaStates, media)) return mediaStates[media]!;
  return { state, ...defined({ reason }) };
}

/** True if the agent is logged in for the medium. */
export function isLoggedInFor(agent: States, media: string): boolean {
  return stateFor(agent, media).state !== AgentState.LOGGED_OUT;
}

export function isLoggedInForAll({ state, mediaStates = {} }: States): boolean {
  return [{ state }, ...Object.values(mediaStates)].every((one) => one.state !== AgentState.LOGGED_OUT);
}

/** The states after a change; `media`: the media of the agent after it. */
export function changeStates(
  before: States | undefined,
  change: Pick<AgentChange, 'state' | 'reason' | 'mediaStates'>,
  media: readonly string[],
): Pick<AgentRecord, 'state' | 'reason' | 'mediaStates'> {
  const { state, reason, mediaStates = {} } = change;
  const states = media.map((one): [string, MediumState] => {
    if (Object.hasOwn(mediaStates, one)) return [one, withReason(mediaStates[one]!)];
    if (state !== undefined) return [one, withReason({ state, reason })];
    const own = before === undefined ? { state: AgentState.NOT_READY } : stateFor(before, one);
    return [one, withReason({ state: own.state, reason: reason ?? own.reason })];
  });
  return joinStates(states);
}

/** The states of the agent, when one of their media has another one. */
export function changeState(
  agent: States,
  media: string,
  state: MediumState,
): Pick<AgentRecord, 'state' | 'reason' | 'mediaStates'> {
  return joinStates(agent.media.map((one) => [one, one === media ? state : stateFor(agent, one)]));
}

/** AS1, AS2. */
function joinStates(
  states: readonly (readonly [string, MediumState])[],
): Pick<AgentRecord, 'state' | 'reason' | 'mediaStates'> {
  const best = ORDER.find((state) => states.some(([, one]) => one.state === state)) ?? AgentState.NOT_READY;
  const reason = states.find(([, one]) => one.state === best)?.[1].reason;
  const others = states.filter(([, one]) => one.state !== best || one.reason !== reason);
  const mediaStates = others.length === 0 ? undefined : Object.fromEntries(others);
  return { state: best, ...defined({ reason, mediaStates }) };
}

/** Somebody who is ready has no reason. */
function withReason({ state, reason }: MediumState): MediumState {
  return { state, ...defined({ reason: state === AgentState.READY ? undefined : reason }) };
}
