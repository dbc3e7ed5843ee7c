export { Customer, type CustomerState, newId } from './customer.ts';
export { type FormField, readFields, standardFields } from './formField.ts';
export type { JournalEntry } from './journal.ts';
export type { Identity, Settings, Transport } from './settings.ts';
export { customerTexts, type Language, languageOf } from './texts.ts';
