export { AccessNumbers } from './accessNumbers.ts';
export { accessRequest, poolOf } from './accessRequest.ts';
export { AccessServices } from './accessServices.ts';
