/**
 * The actions that are counted, by the kind of their object. lasting: an action has a beginning and an end.
 * moment: it occurs at one time; some have a duration, of the time that led to them. The names are those of
 * Stat Server where it has the same action.
 */
const AGENT_ACTIONS = {
  LoggedIn: 'lasting',
  WaitForNextCall: 'lasting',
  NotReadyForNextCall: 'lasting',
  Busy: 'lasting',
  Reserved: 'lasting',
  InteractionDelivering: 'lasting',
  InteractionHandling: 'lasting',
  AfterCallWork: 'lasting',
  InteractionAccepted: 'moment',
  InteractionRejected: 'moment',
  InteractionRevoked: 'moment',
} as const;

const QUEUE_ACTIONS = {
  CallWait: 'lasting',
  CallEntered: 'moment',
  CallDistributed: 'moment',
  CallAbandoned: 'moment',
  CallCleared: 'moment',
} as const;

const CALLBACK_ACTIONS = {
  CallbackScheduled: 'lasting',
  CallbackQueued: 'lasting',
  CallbackRouting: 'lasting',
  CallbackProcessing: 'lasting',
  CallbackPaused: 'lasting',
  CallbackCreated: 'moment',
  CallbackServed: 'moment',
  CallbackCancelled: 'moment',
  CallbackFailed: 'moment',
} as const;

export const ACTIONS = { ...AGENT_ACTIONS, ...QUEUE_ACTIONS, ...CALLBACK_ACTIONS } as const;
export type Action = keyof typeof ACTIONS;

/** Other names of Stat Server for the same action. */
const SYNONYMS: Readonly<Record<string, Action>> = { CallAnswered: 'CallDistributed' };

/** The kinds of objects that have actions of their own; the other object types are made of them. */
export type Counted = 'agent' | 'queue' | 'callback';

const OF_COUNTED: Readonly<Record<Counted, readonly Action[]>> = {
  agent: Object.keys(AGENT_ACTIONS) as Action[],
  queue: Object.keys(QUEUE_ACTIONS) as Action[],
  callback: Object.keys(CALLBACK_ACTIONS) as Action[],
};

export function actionsOf(counted: Counted): readonly Action[] {
  return OF_COUNTED[counted];
}

export function isLasting(action: Action): boolean {
  return ACTIONS[action] === 'lasting';
}

/**
 * The actions of a mask: names separated by commas, `*` for all, `~` before a name for all but it. The result
 * is a sentence when the mask is wrong.
 */
export function readMask(mask: string, counted: Counted): readonly Action[] | string {
  const all = actionsOf(counted);
  const parts = mask
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const chosen = new Set<Action>();
  const excluded = new Set<Action>();
  for (const part of parts) {
    if (part === '*') {
      for (const action of all) chosen.add(action);
      continue;
    }
    const name = part.startsWith('~') ? part.slice(1).trim() : part;
    const action = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name]! : all.find((one) => one === name);
    if (action === undefined || !all.includes(action)) {
      return `expected *, or actions of this object (${all.join(', ')}), got '${part.slice(0, 80)}'`;
    }
    (part.startsWith('~') ? excluded : chosen).add(action);
  }
  // Exclusions alone are exclusions from all.
  if (chosen.size === 0 && excluded.size > 0) for (const action of all) chosen.add(action);
  const actions = [...chosen].filter((action) => !excluded.has(action));
  return actions.length === 0 ? `expected at least one action, got '${mask.slice(0, 80)}'` : actions;
}
