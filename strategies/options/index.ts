export {
  initialChatDelayOptions,
  initialChatImmediateOptions,
} from './callbackProfiles.ts';
export { checkOption, checkOptions, PERIOD, TOKEN, typeProblem } from './checkOption.ts';
export { firstSet, type GlobalOptions, limitOf } from './limitOptions.ts';
export { mergeOptions, type OptionSender, permittedFields, withDefaults } from './mergeOptions.ts';
export { OPTION_FORMATS, type OptionType } from './optionRow.ts';
export {
  BUILTIN_SERVICES,
  CALLBACK_OPTIONS,
  ineffectiveOptions,
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
