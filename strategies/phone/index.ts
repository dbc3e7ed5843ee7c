export { type PhoneDescription, PhoneNumbers } from './phoneNumbers.ts';
