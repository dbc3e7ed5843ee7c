export { CustomerRemoval } from './customerRemoval.ts';
