import { type Durable, Once } from '../../engine/durable/index.ts';
import type { Clock, Ids, Json } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import type { ServiceId } from '../../strategies/ids/index.ts';
import type { Patterns } from '../../strategies/patterns/index.ts';
import type { PhoneNumbers } from '../../strategies/phone/index.ts';
import type { Statistics } from '../../strategies/statistics/index.ts';
import type { StorageArea, StorageAreas } from '../../strategies/storage/index.ts';
import type { Cookies, Guard, Routers } from '../access/index.ts';
import type { TemplateStore } from '../templates/index.ts';
import { registerAvailabilityRoutes } from './availabilityRoutes.ts';
import type { BuiltinDeps } from './builtin.wire.ts';
import type { RecordContext } from './callback.wire.ts';
import { type CallbackAdminOptions, registerCallbackAdminRoutes } from './callbackAdminRoutes.ts';
import { registerCallbackRoutes } from './callbackRoutes.ts';
import { registerDocumentRoutes } from './documentRoutes.ts';
import { registerPatternRoutes } from './patternRoutes.ts';
import { registerPhoneRoutes } from './phoneRoutes.ts';
import { registerServiceRoutes } from './serviceRoutes.ts';
import { registerServiceStorageRoutes, serviceFileUrl } from './serviceStorageRoutes.ts';
import { servletSession } from './servletSession.ts';
import { registerStatisticRoutes } from './statisticRoutes.ts';
import { registerStorageRoutes } from './storageRoutes.ts';
import { registerStorageTestPage } from './storageTestPage.ts';

export interface GmsDeps {
  readonly guard: Guard;
  readonly services: Services;
  readonly patterns: Patterns;
  readonly phones: PhoneNumbers;
  /** Options of a configured service. */
  readonly optionsOf: (service: string) => Readonly<Record<string, string>> | undefined;
  readonly storage: StorageAreas;
  readonly statistics: Statistics;
  readonly hasFreeAgent: BuiltinDeps['hasFreeAgent'];
  readonly queueStatistic: BuiltinDeps['queueStatistic'];
  readonly templates: TemplateStore;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  /** The section `callback`. */
  readonly callbackOptions: CallbackAdminOptions;
  readonly cookies: Cookies;
  /** End of the cookie JSESSIONID. */
  readonly node: string;
  readonly baseUrl: () => string;
  /** Seconds that a storage area may live. */
  readonly maxTtlOfArea: number;
  /** Aborted when the server will stop soon. */
  readonly offline: AbortSignal;
}

/**
 * The API of Genesys Mobile Services, except chat and notifications. The order matters: requests that
 * sessions answer (`/service/{id}/{request}`) come after every URL that the server answers itself.
 */
export function registerGmsRoutes(
  { customer, platform, administrator }: Pick<Routers, 'customer' | 'platform' | 'administrator'>,
  deps: GmsDeps,
): void {
  const parts = {
    ...deps,
    once: new Once(deps),
    servletSession: servletSession(deps),
    fileUrl: (id: ServiceId, key: string) => serviceFileUrl(deps.baseUrl(), id, key),
    recordContext: (): RecordContext => ({
      baseUrl: deps.baseUrl(),
      returnedKeys: deps.callbackOptions.returnedKeys,
      userData: ({ dataId }) => plainValues(deps.storage.get(dataId)),
    }),
  };
  registerCallbackAdminRoutes(administrator, parts);
  registerAvailabilityRoutes(customer, parts);
  registerCallbackRoutes(customer, parts);
  registerPatternRoutes(customer, parts);
  registerPhoneRoutes(customer, parts);
  registerStorageRoutes(platform, parts);
  registerStorageTestPage(customer);
  registerStatisticRoutes(platform, deps);
  registerServiceStorageRoutes(customer, parts);
  registerDocumentRoutes(platform, parts);
  registerServiceRoutes(customer, parts);
}

/** The values of an area that are no files. */
function plainValues(area: StorageArea | undefined): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(area?.values ?? {}).flatMap(([name, value]) =>
      value.kind === 'json' ? [[name, value.value]] : [],
    ),
  );
}
