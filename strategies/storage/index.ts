export {
  type StorageArea,
  StorageAreas,
  type StorageChange,
} from './storageAreas.ts';
