export { BodyBudget } from './bodyBudget.ts';
export { parseBody } from './parseBody.ts';
export type { Form } from './state.ts';
