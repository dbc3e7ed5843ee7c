import { type AgentRecord, AgentState, type LoginTime } from './agentRecord.ts';

const DAY_MS = 24 * 3_600_000;

/** The login time after a change of the state. */
export function loginTimeAfter(before: AgentRecord | undefined, state: AgentState, now: number): LoginTime {
  const isLoggedIn = state !== AgentState.LOGGED_OUT;
  const wasLoggedIn = before !== undefined && before.state !== AgentState.LOGGED_OUT;
  const login = before?.login;
  // An agent of an earlier version has no time: it counts from the first change.
  if (isLoggedIn && wasLoggedIn && login?.since !== undefined) return login;
  const day = dayOf(now);
  const ms = loginMs(login, now);
  return isLoggedIn ? { day, ms, since: now } : { day, ms };
}

/** ms that the agent has been logged in since midnight (UTC). */
export function loginMs(login: LoginTime | undefined, now: number): number {
  if (login === undefined) return 0;
  const today = dayOf(now);
  const ended = login.day === today ? login.ms : 0;
  return login.since === undefined ? ended : ended + now - Math.max(login.since, today);
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
