import type { Arrangements } from './arrangement.ts';
import { CALLBACK_ARRANGEMENTS } from './callbacks.ts';
import { CHAT_V2_ARRANGEMENTS } from './chatV2.ts';
import { CLIENT_ARRANGEMENTS } from './clients.ts';
import { FILE_ARRANGEMENTS } from './files.ts';
import { OPEN_MEDIA_ARRANGEMENTS } from './openMedia.ts';
import { OPERATOR_ARRANGEMENTS } from './operators.ts';
import { SERVICE_ARRANGEMENTS } from './services.ts';
import { SESSION_ARRANGEMENTS } from './sessions.ts';
import { STORAGE_ARRANGEMENTS } from './storage.ts';

export const ARRANGEMENTS: Arrangements = {
  ...SESSION_ARRANGEMENTS,
  ...CLIENT_ARRANGEMENTS,
  ...CHAT_V2_ARRANGEMENTS,
  ...OPEN_MEDIA_ARRANGEMENTS,
  ...FILE_ARRANGEMENTS,
  ...OPERATOR_ARRANGEMENTS,
  ...STORAGE_ARRANGEMENTS,
  ...SERVICE_ARRANGEMENTS,
  ...CALLBACK_ARRANGEMENTS,
};
