export { type AddressGuard, blockListOf, networksOf } from './addressGuard.ts';
export { AnsweringThread, type Asked } from './answeringThread.ts';
export {
  checkDestination,
  type Destinations,
  ElsewhereOnly,
  ListedDestinations,
  OpenDestinations,
} from './destinations.ts';
export { type Drawing, DrawingThread, MAX_DRAWN_CHARS } from './drawingThread.ts';
export { createFetchText } from './fetchText.ts';
export { heapLimit } from './heapLimit.ts';
export { createHttpClient, type Dispatch } from './http.ts';
export { openStandardOutput } from './lineOutput.ts';
export { createLogger } from './logger.ts';
export { MatchThread } from './matchThread.ts';
export { type OutsideLogin, OutsideLogins } from './outsideLogins.ts';
export { PhoneThread } from './phoneThread.ts';
export { RecentWarnings } from './recentWarnings.ts';
export { ScenarioThread } from './scenarioThread.ts';
