export { Bayeux } from './bayeux.ts';
