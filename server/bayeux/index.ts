export { Bayeux } from './bayeux.ts';
export type { BayeuxCustomer } from './sessionRegistry.ts';
