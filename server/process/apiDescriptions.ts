import { GMS_DESCRIPTIONS } from '../gms/index.ts';
import { type ApiDescription, OPEN_API_DESCRIPTION } from '../openapi/index.ts';

/** The descriptions of all routes. A test fails for a route that is in none of them. */
export const API_DESCRIPTIONS: readonly ApiDescription[] = [...GMS_DESCRIPTIONS, OPEN_API_DESCRIPTION];
