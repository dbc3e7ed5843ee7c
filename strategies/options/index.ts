export { checkOption, checkOptions, PERIOD, TOKEN } from './checkOption.ts';
export { firstSet, type GlobalOptions, limitOf } from './limitOptions.ts';
export { mergeOptions, type OptionSender, permittedFields } from './mergeOptions.ts';
export {
  BUILTIN_SERVICES,
  ineffectiveOptions,
  initialChatDelayOptions,
  initialChatImmediateOptions,
  isBuiltin,
  isCallbackService,
  lookupKeysOf,
  makesInstances,
  mandatoryKeysOf,
  namesIn,
  type ServiceOptions,
} from './options.ts';
export { masksIn, withoutSecrets, withStoredSecrets } from './secretOptions.ts';
export { isUrsStat, ursStatParameters } from './ursStat.ts';
