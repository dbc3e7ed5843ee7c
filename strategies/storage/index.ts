export type { StorageErrorCode } from './errors.ts';
export {
  type StorageArea,
  StorageAreas,
  type StorageChange,
} from './storageAreas.ts';
