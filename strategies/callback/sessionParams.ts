import type { Json } from '../../engine/ports/index.ts';
import type { ServiceInstance } from './serviceInstance.ts';

/** Base URLs of what a document reaches, without trailing slashes. */
export interface ServiceUrls {
  /** Base of GMS: <base>/genesys. */
  readonly gms: string;
  readonly ors: string;
  readonly urs: string;
}

/**
 * The start parameters of a service's session, by the names that documents declare: every option, every
 * parameter of the request that begins with an underscore, and what the server adds (gms-api
 * 6.1). The server's own always win.
 */
export function sessionParams(instance: ServiceInstance, urls: ServiceUrls): Readonly<Record<string, Json>> {
  return {
    _tenant: 'Environment',
    ...instance.params,
    ...instance.options,
    _service_id: instance.id,
    _service_name: instance.name,
    _data_id: instance.dataId,
    _gms_url: urls.gms,
    _ors_url: urls.ors,
    // A service may have its own URS: the web API at another server.
    _urs_url: instance.options._urs_server_url || urls.urs,
    _gms_user: instance.gmsUser ?? '',
  };
}
