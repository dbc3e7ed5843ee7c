export type { StorageErrorCode } from './errors.ts';
export {
  createStorageAreas,
  type StorageArea,
  type StorageAreas,
  type StorageChange,
} from './storageAreas.ts';
