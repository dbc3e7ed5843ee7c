import { defined } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import {
  type AgentChange,
  type AgentEvent,
  type AgentRecord,
  AgentState,
  type AgentView,
} from './agentRecord.ts';
import { changeStates } from './agentState.ts';
import { RoutingError } from './errors.ts';

/** The agent after a change. Throws RoutingError AGENT_INVALID. */
export function changeAgent(
  agentId: AgentId,
  before: AgentRecord | undefined,
  change: AgentChange,
  { now, capacity }: { readonly now: number; readonly capacity: number },
): AgentRecord {
  const media = change.media ?? before?.media ?? ['chat'];
  requireMedia(change, media);
  const states = changeStates(before, change, media);
  const place = change.place ?? before?.place;
  const nickname = change.nickname ?? before?.nickname;
  const dn = change.dn ?? before?.dn;
  const switchName = change.switchName ?? before?.switchName;
  const mediaCapacity = change.mediaCapacity ?? before?.mediaCapacity;
  const isReady = states.state === AgentState.READY;
  return {
    agentId,
    ...states,
    groups: change.groups ?? before?.groups ?? [],
    skills: change.skills ?? before?.skills ?? {},
    media,
    capacity: change.capacity ?? before?.capacity ?? capacity,
    setting: (before?.setting ?? 0) + 1,
    readySince: before?.state === AgentState.READY && isReady ? before.readySince : now,
    ...defined({ place, nickname, dn, switchName, mediaCapacity }),
  };
}

/** The agent as other parts see them. */
export function viewAgent(record: AgentRecord): AgentView {
  const {
    dn: _dn,
    switchName: _switch,
    setting: _setting,
    readySince: _since,
    login: _login,
    ...view
  } = record;
  return view;
}

/** The event that tells the states of an agent. */
export function stateEvent({ state, reason, mediaStates }: AgentView): AgentEvent {
  const media = Object.entries(mediaStates ?? {}).map(([name, one]) => [name, defined({ ...one })]);
  const others = media.length === 0 ? undefined : Object.fromEntries(media);
  return { type: 'state', state, ...defined({ reason, mediaStates: others }) };
}

/** Throws RoutingError AGENT_INVALID. */
function requireMedia({ mediaStates = {} }: AgentChange, media: readonly string[]): void {
  const unknown = Object.keys(mediaStates).find((one) => !media.includes(one));
  if (unknown === undefined) return;
  throw new RoutingError(
    'AGENT_INVALID',
    `Expected mediaStates to name media of the agent (${media.join(', ')}), got '${unknown}'.`,
  );
}
