export { Bayeux } from './bayeux.ts';
export type { ClientId } from './bayeuxSession.ts';
export type { ServicePublish } from './clientPublish.ts';
export { BAYEUX_DESCRIPTION } from './description.ts';
export { BAYEUX_DEFAULTS, type BayeuxOptions } from './options.ts';
export type { BayeuxCustomer } from './sessionRegistry.ts';
export type { UpgradeRequest } from './webSockets.ts';
