import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';

/** The names of all callback services; none while they are not read. */
export function useCallbackServices(): readonly string[] {
  const { data } = useResource('services', (signal) =>
    call('GET /genesys/1/admin/callback/watermarks', { signal }),
  );
  return Object.keys(data?.services ?? {}).sort();
}
