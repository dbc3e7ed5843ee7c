import { type Action, readMask } from './actions.ts';
import { CATEGORIES, type Category, isCurrent, isOfOneObject } from './categories.ts';
import { AGENTS, CALLBACKS, COUNTED_OF, isObjectType, ObjectType, QUEUES } from './objectTypes.ts';

/** A statistic that is counted from actions. */
export interface StatType {
  readonly name: string;
  /** Other names, of Stat Server and of Universal Routing. */
  readonly aliases: readonly string[];
  readonly objectTypes: readonly ObjectType[];
  readonly category: Category;
  /** Names of actions, as readMask() takes them. */
  readonly mainMask: string;
  readonly relMask?: string;
  /** Name of the time profile of requests that name none. */
  readonly timeProfile: string;
}

/** The time profiles that exist without configuration, as `TimeProfiles` of Stat Server has them. */
export const BUILT_IN_PROFILES: Readonly<Record<string, string>> = {
  'Default,Growing': '00:00 +24:00',
  'LastHour,Sliding': '1:00:00/0:01:00',
  'LastCalls,Selection': '32',
  'SinceLogin,SinceLogin': '',
};
/** The time ranges that exist without configuration, in seconds. */
export const BUILT_IN_RANGES: Readonly<Record<string, string>> = { Default: '0-20', Default2: '0-5' };

const TODAY = 'Default';
const LAST_CALLS = 'LastCalls';

const ofAgents = (
  name: string,
  category: Category,
  mainMask: string,
  more: Partial<StatType> = {},
): StatType => ({
  name,
  aliases: [],
  objectTypes: AGENTS,
  category,
  mainMask,
  timeProfile: TODAY,
  ...more,
});
const ofQueues = (
  name: string,
  category: Category,
  mainMask: string,
  more: Partial<StatType> = {},
): StatType => ofAgents(name, category, mainMask, { objectTypes: QUEUES, ...more });
const ofCallbacks = (
  name: string,
  category: Category,
  mainMask: string,
  more: Partial<StatType> = {},
): StatType => ofAgents(name, category, mainMask, { objectTypes: CALLBACKS, ...more });

/** The statistics that are counted from actions, without those of the configuration. */
export const STAT_TYPES: readonly StatType[] = [
  ofAgents('TotalLoginTime', 'TotalTime', 'LoggedIn'),
  ofAgents('TotalReadyTime', 'TotalTime', 'WaitForNextCall'),
  ofAgents('TotalNotReadyTime', 'TotalTime', 'NotReadyForNextCall'),
  ofAgents('TotalBusyTime', 'TotalTime', 'Busy'),
  ofAgents('TotalHandlingTime', 'TotalTime', 'InteractionHandling'),
  ofAgents('TotalAfterWorkTime', 'TotalTime', 'AfterCallWork'),
  ofAgents('StatAgentOccupancy', 'RelativeTimePercentage', 'Busy', { relMask: 'LoggedIn' }),
  ofAgents('PercentReadyTime', 'RelativeTimePercentage', 'WaitForNextCall', { relMask: 'LoggedIn' }),
  ofAgents('CurrNumberHandling', 'CurrentNumber', 'InteractionHandling'),
  ofAgents('CurrMaxHandlingTime', 'CurrentMaxTime', 'InteractionHandling'),
  ofAgents('TotalNumberHandled', 'TotalNumber', 'InteractionHandling', { aliases: ['StatCallsCompleted'] }),
  ofAgents('AverHandlingTime', 'AverageTime', 'InteractionHandling'),
  ofAgents('MaxHandlingTime', 'MaxTime', 'InteractionHandling'),
  ofAgents('MinHandlingTime', 'MinTime', 'InteractionHandling'),
  ofAgents('AverAfterWorkTime', 'AverageTime', 'AfterCallWork'),
  ofAgents('MaxNumberHandling', 'MaxNumber', 'InteractionHandling', { objectTypes: [ObjectType.AGENT] }),
  ofAgents('TotalNumberOffered', 'TotalNumber', 'InteractionDelivering'),
  ofAgents('TotalNumberAccepted', 'TotalNumber', 'InteractionAccepted'),
  ofAgents('TotalNumberRejected', 'TotalNumber', 'InteractionRejected'),
  ofAgents('TotalNumberRevoked', 'TotalNumber', 'InteractionRevoked'),
  ofAgents('AverAcceptTime', 'AverageTime', 'InteractionAccepted'),
  ofAgents('PercentAccepted', 'RelativeNumberPercentage', 'InteractionAccepted', {
    relMask: 'InteractionDelivering',
  }),

  ofQueues('CurrMaxWaitingTime', 'CurrentMaxTime', 'CallWait'),
  ofQueues('CurrAverWaitingTime', 'CurrentAverageTime', 'CallWait'),
  ofQueues('CurrNumberWaitingInRange', 'CurrentNumberInTimeRange', 'CallWait'),
  ofQueues('TotalEntered', 'TotalNumber', 'CallEntered', { aliases: ['CallsEntered'] }),
  ofQueues('TotalDistributed', 'TotalNumber', 'CallDistributed', {
    aliases: ['StatCallsAnswered', 'CallsDistributed', 'CallsAnswered'],
  }),
  ofQueues('TotalAbandoned', 'TotalNumber', 'CallAbandoned'),
  ofQueues('TotalCleared', 'TotalNumber', 'CallCleared'),
  ofQueues('TotalWaitingTime', 'TotalTime', 'CallWait'),
  ofQueues('AverWaitingTime', 'AverageTime', 'CallDistributed', {
    aliases: ['DistributedWaitingTime'],
    timeProfile: LAST_CALLS,
  }),
  ofQueues('MaxWaitingTime', 'MaxTime', 'CallDistributed'),
  ofQueues('MinWaitingTime', 'MinTime', 'CallDistributed'),
  ofQueues('AverAbandonedTime', 'AverageTime', 'CallAbandoned', { aliases: ['NotDistributedWaitingTime'] }),
  ofQueues('AverNumberWaitingCalls', 'AverageNumber', 'CallWait'),
  ofQueues('MaxNumberWaitingCalls', 'MaxNumber', 'CallWait', { objectTypes: [ObjectType.QUEUE] }),
  ofQueues('MinNumberWaitingCalls', 'MinNumber', 'CallWait', { objectTypes: [ObjectType.QUEUE] }),
  ofQueues('PercentAbandoned', 'RelativeNumberPercentage', 'CallAbandoned', {
    aliases: ['NotDistributedPercentage'],
    relMask: 'CallEntered',
  }),
  ofQueues('PercentDistributed', 'RelativeNumberPercentage', 'CallDistributed', {
    aliases: ['DistributedPercentage'],
    relMask: 'CallEntered',
  }),
  ofQueues('TotalDistributedInRange', 'TotalNumberInTimeRange', 'CallDistributed'),
  ofQueues('PercentDistributedInRange', 'TotalNumberInTimeRangePercentage', 'CallDistributed'),
  ofQueues('ServiceFactor', 'ServiceFactor1', 'CallAnswered'),

  ofCallbacks('CurrNumberScheduledCallbacks', 'CurrentNumber', 'CallbackScheduled'),
  ofCallbacks('CurrNumberServedCallbacks', 'CurrentNumber', 'CallbackProcessing'),
  ofCallbacks('CurrMaxQueuedTime', 'CurrentMaxTime', 'CallbackQueued'),
  ofCallbacks('TotalCallbacksCreated', 'TotalNumber', 'CallbackCreated'),
  ofCallbacks('TotalCallbacksServed', 'TotalNumber', 'CallbackServed'),
  ofCallbacks('TotalCallbacksCancelled', 'TotalNumber', 'CallbackCancelled'),
  ofCallbacks('TotalCallbacksFailed', 'TotalNumber', 'CallbackFailed'),
  ofCallbacks('AverCallbackQueuedTime', 'AverageTime', 'CallbackQueued'),
  ofCallbacks('MaxCallbackQueuedTime', 'MaxTime', 'CallbackQueued'),
  ofCallbacks('AverCallbackTime', 'AverageTime', 'CallbackServed'),
  ofCallbacks('PercentCallbacksFailed', 'RelativeNumberPercentage', 'CallbackFailed', {
    relMask: 'CallbackCreated',
  }),
];

/** The options of a stat type, with the names that Stat Server has for them. */
export interface StatTypeOptions {
  readonly Objects: string;
  readonly Category: string;
  readonly MainMask: string;
  readonly RelMask?: string | undefined;
  readonly Subject?: string | undefined;
  readonly Description?: string | undefined;
  /** Ours: the time profile of requests that name none. */
  readonly TimeProfile?: string | undefined;
}

/** `DNAction` counts the actions of an object one by one, which is the subject of every statistic here. */
const SUBJECT = 'DNAction';

/** The stat type of a section of the configuration, or what is wrong with it, by option. */
export function readStatType(
  name: string,
  options: StatTypeOptions,
): { readonly type: StatType } | { readonly problems: readonly { option: string; message: string }[] } {
  const problems: { option: string; message: string }[] = [];
  const complain = (option: string, message: string): void => void problems.push({ option, message });
  const { Objects, Category: category, MainMask, RelMask, Subject = SUBJECT, TimeProfile = TODAY } = options;
  const objects = Objects.split(',').map((part) => part.trim());
  const objectTypes = objects.filter(isObjectType);
  const wrong = objects.find((one) => !isObjectType(one));
  const known = Object.values(ObjectType).join(', ');
  if (wrong !== undefined) complain('Objects', `expected ${known}, got '${wrong.slice(0, 80)}'`);
  const kinds = new Set(objectTypes.map((one) => COUNTED_OF[one]));
  if (kinds.size > 1) complain('Objects', 'expected only agents, only queues or only callback services');
  if (Subject !== SUBJECT) complain('Subject', `expected ${SUBJECT}, got '${Subject.slice(0, 80)}'`);
  if (!isCategory(category)) {
    complain('Category', `expected ${Object.keys(CATEGORIES).join(', ')}, got '${category.slice(0, 80)}'`);
    return { problems };
  }
  const [kind] = kinds;
  if (kind === undefined) return { problems };
  const main = readMask(MainMask, kind);
  if (typeof main === 'string') complain('MainMask', main);
  const isRelative = category.startsWith('Relative');
  const relative = isRelative ? readMask(RelMask ?? '', kind) : [];
  if (typeof relative === 'string') complain('RelMask', relative);
  if (!isRelative && RelMask !== undefined) complain('RelMask', `expected none for ${category}`);
  if (isOfOneObject(category)) {
    const isSingle = objectTypes.length === 1 && SINGLE.includes(objectTypes[0]!);
    if (!isSingle) complain('Objects', `expected one of ${SINGLE.join(', ')} for ${category}`);
    if (typeof main !== 'string' && main.length !== 1) {
      complain('MainMask', `expected one action for ${category}`);
    }
  }
  if (category === 'ServiceFactor1' && (kind !== 'queue' || MainMask.trim() !== 'CallAnswered')) {
    complain('MainMask', 'expected CallAnswered of a queue for ServiceFactor1');
  }
  if (problems.length > 0) return { problems };
  const type = { name, aliases: [], objectTypes, category, mainMask: MainMask, timeProfile: TimeProfile };
  return { type: RelMask === undefined ? type : { ...type, relMask: RelMask } };
}

const SINGLE: readonly ObjectType[] = [ObjectType.AGENT, ObjectType.QUEUE, ObjectType.CALLBACK_SERVICE];

function isCategory(text: string): text is Category {
  return Object.hasOwn(CATEGORIES, text);
}

/** The masks of a stat type that was read, for an object type. */
export function masksOf(
  { mainMask, relMask }: StatType,
  objectType: ObjectType,
): { readonly main: readonly Action[]; readonly relative: readonly Action[] } {
  const read = (mask: string): readonly Action[] => {
    const actions = readMask(mask, COUNTED_OF[objectType]);
    if (typeof actions === 'string') throw new Error(`The mask '${mask}' was not checked: ${actions}.`);
    return actions;
  };
  return { main: read(mainMask), relative: relMask === undefined ? [] : read(relMask) };
}

/** The formula of a stat type, as a text. */
export function formulaOf({ category, mainMask, relMask }: StatType): string {
  return relMask === undefined ? `${category} of ${mainMask}` : `${category} of ${mainMask} to ${relMask}`;
}

/** The time profile as documents show it. */
export function profileOf({ category, timeProfile }: StatType): string {
  return isCurrent(category) ? 'current' : timeProfile;
}
