import type { z } from 'zod';
import { isUrsStat, makesInstances, ursStatParameters } from '../../strategies/options/index.ts';
import { calendarKind } from '../../strategies/slots/index.ts';
import { builtinProblems } from './config/accessNumbers.ts';
import { openMediaReferenceProblems } from './config/openMedia.ts';
import { unknownStrategies } from './config/routing.ts';

type Named<T> = Readonly<Record<string, T>>;

/** The parts of a configuration that refer to each other by name. */
interface References {
  readonly services: Named<Named<string>>;
  readonly chat: {
    readonly default_chat_endpoint: string;
    readonly endpoints: Named<{ readonly queue: string }>;
  };
  readonly queues: Named<{ readonly application: string }>;
  readonly scripts: Named<unknown>;
  readonly patterns: { readonly groups: Named<unknown> };
  readonly administrator?: { readonly user: string } | undefined;
  readonly users?: Named<unknown> | undefined;
  readonly openMedia: Parameters<typeof openMediaReferenceProblems>[1]['openMedia'];
  readonly accessNumbers: Parameters<typeof builtinProblems>[1];
  readonly routing: Parameters<typeof unknownStrategies>[1];
}

type Report = (path: string[], message: string) => void;

/** Options of callback services that name another service. */
const CALENDAR_OPTIONS = [
  ['_business_hours_service', 'office-hours'],
  ['_capacity_service', 'capacity'],
] as const;

/**
 * Finds names that refer to nothing. Otherwise they would be noticed only when the first customer arrives.
 */
export function checkReferences(config: References, context: z.RefinementCtx): void {
  const report: Report = (path, message) => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (config.chat.endpoints[config.chat.default_chat_endpoint] === undefined) {
    report(
      ['chat', 'default_chat_endpoint'],
      `there is no endpoint '${config.chat.default_chat_endpoint}' in chat.endpoints`,
    );
  }
  checkCalendars(config, report);
  checkRedirects(config, report);
  checkWaitServices(config, report);
  checkAdministrator(config, report);
  checkQueues(config, report);
  checkServices(config, report);
}

/** Services of office hours and of capacity. */
function checkCalendars(config: References, report: Report): void {
  for (const [name, options] of Object.entries(config.services)) {
    for (const [option, kind] of CALENDAR_OPTIONS) {
      const used = options[option]?.trim() ?? '';
      if (used === '' || used.includes('$')) continue;
      const found = Object.hasOwn(config.services, used) ? config.services[used] : undefined;
      if (found !== undefined && calendarKind(found) === kind) continue;
      report(['services', name, option], `expected the name of a service of ${kind}, got '${used}'`);
    }
  }
}

/** Services to which others redirect. */
function checkRedirects(config: References, report: Report): void {
  for (const [name, { _redirect = '' }] of Object.entries(config.services)) {
    const to = _redirect.trim();
    if (to === '' || to.includes('$')) continue;
    const found = Object.hasOwn(config.services, to) ? config.services[to] : undefined;
    if (to !== name && found !== undefined && makesInstances(found)) continue;
    report(
      ['services', name, '_redirect'],
      `expected the name of another service that a request creates, got '${to}'`,
    );
  }
}

/** Services that tell the expected wait. */
function checkWaitServices(config: References, report: Report): void {
  for (const [name, { _request_ewt_service = '' }] of Object.entries(config.services)) {
    const to = _request_ewt_service.trim();
    if (to === '' || to.includes('$')) continue;
    const found = Object.hasOwn(config.services, to) ? config.services[to] : undefined;
    if (found !== undefined && isUrsStat(found) && ursStatParameters(found).name) continue;
    report(
      ['services', name, '_request_ewt_service'],
      `expected the name of a urs-stat service with a queue in _urs_stat_url_parameters, got '${to}'`,
    );
  }
}

/** No user has the name of the administrator. */
function checkAdministrator(config: References, report: Report): void {
  const administrator = config.administrator?.user;
  if (
    administrator !== undefined &&
    config.users !== undefined &&
    Object.hasOwn(config.users, administrator)
  ) {
    report(['users', administrator], 'there is an administrator with this name already');
  }
}

/** Queues of chat endpoints, and scripts of queues. */
function checkQueues(config: References, report: Report): void {
  for (const [name, { queue }] of Object.entries(config.chat.endpoints)) {
    if (config.queues[queue] === undefined) {
      report(['chat', 'endpoints', name, 'queue'], `there is no queue '${queue}' in queues`);
    }
  }
  for (const [name, { application }] of Object.entries(config.queues)) {
    const script = application.slice('script:'.length);
    if (config.scripts[script] === undefined) {
      report(['queues', name, 'application'], `there is no script '${script}' in scripts`);
    }
  }
}

/** The other names in the options of services. */
function checkServices(config: References, report: Report): void {
  for (const [name, options] of Object.entries(config.services)) {
    for (const group of (options._exceptions ?? '').split(',').map((one) => one.trim())) {
      if (group === '' || group.includes('$') || Object.hasOwn(config.patterns.groups, group)) continue;
      report(['services', name, '_exceptions'], `there is no group '${group}' in patterns.groups`);
    }
    for (const { option, message } of builtinProblems(options, config.accessNumbers)) {
      report(['services', name, option], message);
    }
    const endpoint = options._chat_endpoint;
    const known =
      endpoint === undefined || endpoint === '' || endpoint === 'gms_builtin' || endpoint.includes('$');
    if (!known && config.chat.endpoints[endpoint] === undefined) {
      report(['services', name, '_chat_endpoint'], `there is no endpoint '${endpoint}' in chat.endpoints`);
    }
    for (const { name: option, message } of openMediaReferenceProblems(options, config)) {
      report(['services', name, option], message);
    }
    for (const { option, message } of unknownStrategies(options, config.routing)) {
      report(['services', name, option], message);
    }
  }
}
