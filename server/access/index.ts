export { actorOf, isDocument } from './actor.ts';
export { markInside } from './arrival.ts';
export { AUDIENCES } from './audiences.ts';
export { BasicAuthenticator } from './basicAuthenticator.ts';
export { gmsUserOf } from './caller.ts';
export { Guard } from './guard.ts';
export { hashPassword, isPasswordHash } from './passwordHash.ts';
export { createRouters, type Route, type Routers, routesOf, tableOf } from './routers.ts';
