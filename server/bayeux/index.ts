export { type Bayeux, createBayeux } from './bayeux.ts';
