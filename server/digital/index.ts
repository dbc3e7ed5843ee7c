export {
  badInput,
  DigitalFault,
  FaultCode,
  faultOf,
  requireAdmitted,
  unknownService,
} from './digitalFault.ts';
export {
  addressIn,
  EMAIL_PROPERTY,
  type Given,
  isMailAddress,
  jsonIn,
  longText,
  lookupIn,
  MAX_USER_DATA_LENGTH,
  requiredLine,
  requiredText,
  shortText,
  userDataIn,
} from './parameters.ts';
