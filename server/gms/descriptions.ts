import type { ApiDescription } from '../openapi/index.ts';
import { GMS_ADMIN_DESCRIPTION } from './adminDescription.ts';
import { CALLBACK_DESCRIPTION } from './callbackDescription.ts';
import { DOCUMENT_DESCRIPTION } from './documentDescription.ts';
import { MATCH_DESCRIPTION } from './matchDescription.ts';
import { SERVICE_DESCRIPTION } from './serviceDescription.ts';
import { SERVICE_STORAGE_DESCRIPTION } from './serviceStorageDescription.ts';
import { STATISTIC_DESCRIPTION } from './statisticDescription.ts';
import { STORAGE_DESCRIPTION } from './storageDescription.ts';

/** The descriptions of all routes of this folder. */
export const GMS_DESCRIPTIONS: readonly ApiDescription[] = [
  CALLBACK_DESCRIPTION,
  SERVICE_DESCRIPTION,
  SERVICE_STORAGE_DESCRIPTION,
  STORAGE_DESCRIPTION,
  MATCH_DESCRIPTION,
  STATISTIC_DESCRIPTION,
  DOCUMENT_DESCRIPTION,
  GMS_ADMIN_DESCRIPTION,
];
