export { type FromScxmlOptions, fromScxml } from './fromScxml.ts';
export type { ScxmlLogic } from './scxmlLogic.ts';
export type { ScxmlSnapshot } from './scxmlSnapshot.ts';
