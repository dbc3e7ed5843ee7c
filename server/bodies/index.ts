export { parseBody } from './parseBody.ts';
export type { Form } from './state.ts';
