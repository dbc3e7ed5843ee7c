import { defined, type Json } from '../../engine/ports/index.ts';
import type { ServiceInstance } from '../instances/index.ts';

/** Base URLs of the servers that a document uses, without trailing slashes. */
export interface ServiceUrls {
  readonly gms: string;
  readonly ors: string;
  readonly urs: string;
}

/**
 * The start parameters of a service's session, under the names that documents declare: every option, every
 * parameter of the request that begins with an underscore, and the parameters of the server (gms-api 6.1),
 * which always win.
 */
export function sessionParams(instance: ServiceInstance, urls: ServiceUrls): Readonly<Record<string, Json>> {
  return {
    _tenant: 'Environment',
    ...instance.params,
    ...instance.options,
    // A customer may have changed it since the request.
    ...defined({ _desired_time: desiredTimeOf(instance) }),
    _service_id: instance.id,
    _service_name: instance.name,
    _data_id: instance.dataId,
    _gms_url: urls.gms,
    _ors_url: urls.ors,
    // A service may use the URS web API of another server.
    _urs_url: instance.options._urs_server_url || urls.urs,
    // Nobody but the configuration decides where a document sends requests.
    _urs_sec_server_url: instance.options._urs_sec_server_url ?? '',
    _gms_user: instance.gmsUser ?? '',
  };
}

/** ISO 8601 in UTC; undefined: the customer named no time. */
function desiredTimeOf({ params, desiredTime }: ServiceInstance): string | undefined {
  return params._desired_time === undefined ? undefined : new Date(desiredTime).toISOString();
}
