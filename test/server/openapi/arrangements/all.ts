import type { Arrangements } from './arrangement.ts';
import { CALLBACK_ARRANGEMENTS } from './callbacks.ts';
import { SERVICE_ARRANGEMENTS } from './services.ts';
import { STORAGE_ARRANGEMENTS } from './storage.ts';

export const ARRANGEMENTS: Arrangements = {
  ...STORAGE_ARRANGEMENTS,
  ...SERVICE_ARRANGEMENTS,
  ...CALLBACK_ARRANGEMENTS,
};
