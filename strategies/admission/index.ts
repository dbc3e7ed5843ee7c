export { Admission, type NumberFacts } from './admission.ts';
export { admissionChecks } from './admissionChecks.ts';
export { CUSTOMER_NUMBER, NumberExaminer, numberIn } from './numberChecks.ts';
export { QueueChecks } from './queueChecks.ts';
export { Throttles } from './throttles.ts';
