export { BodyBudget } from './bodyBudget.ts';
export type { FileStage } from './fileSink.ts';
export { BODY_LIMITS } from './limits.ts';
export { parseBody } from './parseBody.ts';
export { refuseLists } from './refuseLists.ts';
export type { Form } from './state.ts';
