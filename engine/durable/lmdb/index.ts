export { openLmdbStore } from './lmdbStore.ts';
