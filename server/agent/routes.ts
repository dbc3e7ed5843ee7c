import type Router from '@koa/router';
import type { Interactions } from '../../strategies/interaction/index.ts';
import { AgentAccess } from './agentAccess.ts';
import { type AgentRouteDeps as AgentDeps, AgentRoutes } from './agentRoutes.ts';
import { type ConferenceRouteDeps, ConferenceRoutes } from './conferenceRoutes.ts';
import { type DesktopRouteDeps, DesktopRoutes } from './desktopRoutes.ts';
import { type FileRouteDeps, FileRoutes } from './fileRoutes.ts';
import { type HistoryRouteDeps, HistoryRoutes } from './historyRoutes.ts';
import { type InteractionRouteDeps, InteractionRoutes } from './interactionRoutes.ts';
import { type MailRouteDeps, MailRoutes } from './mailRoutes.ts';
import { noteSignsOfLife } from './signsOfLife.ts';
import { type TalkRouteDeps, TalkRoutes } from './talkRoutes.ts';

export type AgentRouteDeps = Omit<
  AgentDeps &
    InteractionRouteDeps &
    FileRouteDeps &
    DesktopRouteDeps &
    ConferenceRouteDeps &
    TalkRouteDeps &
    HistoryRouteDeps &
    MailRouteDeps,
  'access'
> & {
  readonly interactions: Pick<Interactions, 'get' | 'desktops'>;
};

/** The API of agent desktops. */
export function registerAgentRoutes(router: Router, given: AgentRouteDeps): void {
  const deps = { ...given, access: new AgentAccess(given) };
  router.use('/agent/1', noteSignsOfLife(given.interactions.desktops));
  new AgentRoutes(deps).register(router);
  new InteractionRoutes(deps).register(router);
  new FileRoutes(deps).register(router);
  new TalkRoutes(deps).register(router);
  new ConferenceRoutes(deps).register(router);
  new HistoryRoutes(deps).register(router);
  new MailRoutes(deps).register(router);
  new DesktopRoutes(deps).register(router);
}
