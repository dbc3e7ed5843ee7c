export { accountOf, knowClient, userOf } from './account.ts';
export { actorOf, documentSessionOf, isDocument } from './actor.ts';
export { type Arrival, arrivalOf, markArrival, markInside, peerOf } from './arrival.ts';
export { AUDIENCES, type Audience } from './audiences.ts';
export type { AuthenticationRequest, Authenticator } from './authenticator.ts';
export { Browsers, CONSOLE_HEADER } from './browsers.ts';
export {
  ANY_PARTNER,
  type Caller,
  type CustomerRights,
  callerOf,
  gmsUserOf,
  isAnonymous,
  mayReadSecrets,
  type PlatformCaller,
  type Validity,
  validityOf,
  viewerOf,
} from './caller.ts';
export { ClientAddresses } from './clientAddresses.ts';
export { Cookies } from './cookies.ts';
export { Guard } from './guard.ts';
export { createRouters, type Route, type Routers, routesOf, tableOf } from './routers.ts';
export { isLoopback, type ListeningSocket, ServerNames } from './serverNames.ts';
