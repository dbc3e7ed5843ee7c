export {
  type StorageArea,
  StorageAreas,
  type StorageChange,
  type StoredFile,
} from './storageAreas.ts';
export { STORAGE_LIMITS } from './usage.ts';
