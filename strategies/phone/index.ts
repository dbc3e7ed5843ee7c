export { PhoneNumbers } from './phoneNumbers.ts';
