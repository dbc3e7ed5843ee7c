import { ADMIN_DESCRIPTION } from '../admin/index.ts';
import { AGENT_DESCRIPTION } from '../agent/index.ts';
import { BAYEUX_DESCRIPTION } from '../bayeux/index.ts';
import { CHAT_DESCRIPTION } from '../chat/index.ts';
import { CHAT_V2_DESCRIPTION } from '../chatV2/index.ts';
import { HEALTH_DESCRIPTION } from '../cluster/index.ts';
import { CONSOLE_DESCRIPTION } from '../console/index.ts';
import { DEBUG_DESCRIPTION } from '../debug/index.ts';
import { FILES_DESCRIPTION } from '../files/index.ts';
import { GMS_DESCRIPTIONS } from '../gms/index.ts';
import { METRICS_DESCRIPTION } from '../metrics/index.ts';
import { type ApiDescription, OPEN_API_DESCRIPTION } from '../openapi/index.ts';
import { OPEN_MEDIA_DESCRIPTION } from '../openMedia/index.ts';
import { ORS_DESCRIPTION } from '../ors/index.ts';
import { PUSH_DESCRIPTION } from '../push/index.ts';
import { URS_DESCRIPTION } from '../urs/index.ts';

/** The descriptions of all routes. A test fails for a route that is in none of them. */
export const API_DESCRIPTIONS: readonly ApiDescription[] = [
  ORS_DESCRIPTION,
  URS_DESCRIPTION,
  AGENT_DESCRIPTION,
  PUSH_DESCRIPTION,
  CHAT_DESCRIPTION,
  FILES_DESCRIPTION,
  CHAT_V2_DESCRIPTION,
  OPEN_MEDIA_DESCRIPTION,
  ...GMS_DESCRIPTIONS,
  ADMIN_DESCRIPTION,
  DEBUG_DESCRIPTION,
  BAYEUX_DESCRIPTION,
  METRICS_DESCRIPTION,
  HEALTH_DESCRIPTION,
  OPEN_API_DESCRIPTION,
  CONSOLE_DESCRIPTION,
];
