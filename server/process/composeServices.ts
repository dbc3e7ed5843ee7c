import { Services } from '../../strategies/callback/index.ts';
import { withDefaults } from '../../strategies/options/index.ts';
import { Patterns } from '../../strategies/patterns/index.ts';
import { PhoneNumbers } from '../../strategies/phone/index.ts';
import { LAST_CALL } from '../../strategies/routing/index.ts';
import { StorageAreas } from '../../strategies/storage/index.ts';
import { DrawingThread, MatchThread, PhoneThread, ScenarioThread } from '../adapters/index.ts';
import { WireError } from '../errors/index.ts';
import type { ContactParts } from './composeContacts.ts';
import type { FileParts } from './composeFiles.ts';
import type { SessionParts } from './composeSessions.ts';
import { isDigitalService } from './config/openMedia.ts';
import type { PartsDeps } from './partsDeps.ts';

/** Configured services, and the parts that only they and their clients use. */
export interface ServiceParts {
  readonly patterns: Patterns;
  readonly phones: PhoneNumbers;
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly drawings: DrawingThread;
  readonly scenarios: ScenarioThread;
}

interface ServiceDeps
  extends PartsDeps,
    Pick<SessionParts, 'durable' | 'sessions' | 'templates'>,
    Pick<ContactParts, 'routing' | 'notifications'>,
    Pick<FileParts, 'keptBlobs'> {
  /** Types of devices that notifications reach. */
  readonly deviceTypes: () => readonly string[];
}

type ServicesDeps = ConstructorParameters<typeof Services>[0];
type ConfiguredServices = Pick<
  ServicesDeps,
  'configured' | 'names' | 'list' | 'urls' | 'globals' | 'accessNumbers' | 'node' | 'requestTimeoutMs'
>;

export function composeServices(deps: ServiceDeps): ServiceParts {
  const { config, durable, clock, ids, log, routing, templates } = deps;
  const base = { durable, clock, ids, log };
  const storage = new StorageAreas({ ...base, blobs: deps.keptBlobs, limits: config.limits.storage });
  const { patterns, phones, drawings, scenarios } = composeThreads(deps);
  const services = new Services({
    ...base,
    patterns,
    phones,
    notifications: deps.notifications,
    sessions: deps.sessions,
    storage,
    templates,
    deviceTypes: deps.deviceTypes,
    queueWait: async (vq) => (await routing.viewQueue(LAST_CALL, { vq })).ewtSeconds ?? 0,
    ...configuredServices(deps),
  });
  return { patterns, phones, services, storage, drawings, scenarios };
}

/** Each has a thread of its own, which ends with the server. */
function composeThreads({
  current,
  clock,
  log,
  closing,
}: Pick<ServiceDeps, 'current' | 'clock' | 'log' | 'closing'>): Pick<
  ServiceParts,
  'patterns' | 'phones' | 'drawings' | 'scenarios'
> {
  const busy = (message: string): Error => new WireError('SERVER_BUSY', { message });
  const matcher = new MatchThread({ log, busy });
  const places = new PhoneThread({ busy });
  const drawings = new DrawingThread({ busy, clock });
  const scenarios = new ScenarioThread({ busy, clock });
  for (const thread of [matcher, places, drawings, scenarios]) {
    closing.addEventListener('abort', () => void thread.close(), { once: true });
  }
  return {
    patterns: new Patterns({ lists: () => current.whole.patterns, matcher }),
    drawings,
    scenarios,
    phones: new PhoneNumbers((number, language) => places.placesOf(number, language)),
  };
}

/** The configuration of the services, and the URLs that their documents see. */
function configuredServices({ config, current, baseUrl, templates }: ServiceDeps): ConfiguredServices {
  return {
    // Services of Chat V2, open media and e-mail have no instances.
    configured(name) {
      const options = current.service(name);
      if (options === undefined || isDigitalService(options)) return undefined;
      return withDefaults(options, {
        defaults: templates.defaults(options._service ?? ''),
        globals: config.callback,
      });
    },
    names: () =>
      Object.entries(current.whole.services).flatMap(([name, options]) =>
        isDigitalService(options) ? [] : [name],
      ),
    list: (name) => current.list(name),
    urls: () => ({ gms: `${baseUrl()}/genesys`, ors: baseUrl(), urs: baseUrl() }),
    globals: config.callback,
    accessNumbers: config.accessNumbers,
    node: config.server.node,
    requestTimeoutMs: config.server.requestTimeout * 1000,
  };
}
