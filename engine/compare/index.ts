export { compareDocuments } from './compareDocuments.ts';
