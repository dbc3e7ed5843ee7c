import type { Context, Middleware } from 'koa';
import { readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import { callerOf } from '../access/index.ts';
import { actsAs } from './agentAccess.ts';

/** A request of an agent tells that their desktop is there, also without an event stream. */
export function noteSignsOfLife(desktops: Pick<Interactions['desktops'], 'seen'>): Middleware {
  return (ctx, next) => {
    const agentId = actingAgent(ctx);
    if (agentId !== undefined) desktops.seen(agentId);
    return next();
  };
}

/** An administrator who only reads does nothing for an agent. */
function actingAgent(ctx: Context): AgentId | undefined {
  const own = actsAs(callerOf(ctx));
  if (own !== undefined) return readId<AgentId>(own);
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return undefined;
  return readId<AgentId>(ctx.state.form?.agentId) ?? readId<AgentId>(ctx.get('x-agent-id'));
}
