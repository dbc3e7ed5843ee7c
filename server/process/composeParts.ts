import { AuditLog } from '../../strategies/audit/index.ts';
import { CustomerRemoval } from '../../strategies/customer/index.ts';
import type { Statistics } from '../../strategies/statistics/index.ts';
import { composeClients } from './composeClients.ts';
import { type ContactParts, composeContacts } from './composeContacts.ts';
import { composeFiles, type FileParts } from './composeFiles.ts';
import { composeServices, type ServiceParts } from './composeServices.ts';
import { composeSessions, type SessionParts } from './composeSessions.ts';
import { composeStatistics, readStatistic } from './composeStatistics.ts';
import { auditLimits } from './config/audit.ts';
import { LivePush } from './livePush.ts';
import type { PartsDeps } from './partsDeps.ts';

/** Every part of the server that has state. */
export interface Parts extends SessionParts, ContactParts, FileParts, ServiceParts {
  readonly audit: AuditLog;
  readonly customers: CustomerRemoval;
  readonly statistics: Statistics;
  readonly push: LivePush;
}

/** Builds the parts; each gets the ones before it. */
export function composeParts(deps: PartsDeps): Parts {
  const { clock, ids, log } = deps;
  const clients = composeClients(deps);
  const push = new LivePush(deps);
  const host = composeSessions(deps, clients);
  const audit = new AuditLog({ durable: host.durable, clock, limits: auditLimits(deps.config.audit) });
  const contacts = composeContacts({
    ...deps,
    ...host,
    clients,
    push: push.services,
    // The statistics are of these parts. Nothing is asked for before calls wait.
    readStatistic: (question) => readStatistic(statistics, question),
  });
  host.durable.watchCalls(contacts.routing.watcher);
  host.sessions.onFigure(contacts.routing.figures.read);
  const files = composeFiles({ ...deps, ...host, ...contacts });
  const deviceTypes = () => push.services.enabled;
  const services = composeServices({ ...deps, ...host, ...contacts, ...files, deviceTypes });
  const made = { ...host, ...contacts, ...files, ...services, audit, push };
  const statistics: Statistics = composeStatistics(deps.config.statistics, { ...made, clock });
  const parts = { ...made, statistics };
  return { ...parts, customers: new CustomerRemoval({ ...parts, ids, log }) };
}
