export { actorOf, isDocument } from './actor.ts';
export { markArrival, markInside } from './arrival.ts';
export { AUDIENCES, type Audience } from './audiences.ts';
export type { AuthenticationRequest, Authenticator } from './authenticator.ts';
export { type Caller, type CustomerRights, callerOf, gmsUserOf, viewerOf } from './caller.ts';
export { Guard } from './guard.ts';
export { createRouters, type Route, type Routers, routesOf, tableOf } from './routers.ts';
export { isLoopback, type ListeningSocket, ServerNames } from './serverNames.ts';
