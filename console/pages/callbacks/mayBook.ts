import { mayCall } from '../../api/login.ts';

/** Whether the user may create callbacks. */
export function mayCreate(): boolean {
  return mayCall('POST /genesys/1/service/callback/:name');
}

/** Whether the user may give a callback another time. */
export function mayReschedule(): boolean {
  return mayCall('PUT /genesys/1/service/callback/:name/:id');
}
