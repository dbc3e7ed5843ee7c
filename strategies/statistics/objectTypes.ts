import type { Counted } from './actions.ts';

/** The object types: those of Stat Server that exist here, and one of ours for callback services. */
export const ObjectType = {
  AGENT: 'Agent',
  AGENT_GROUP: 'GroupAgents',
  PLACE: 'Place',
  QUEUE: 'Queue',
  QUEUE_GROUP: 'GroupQueues',
  CALLBACK_SERVICE: 'CallbackService',
} as const;
export type ObjectType = (typeof ObjectType)[keyof typeof ObjectType];

export const AGENTS = [ObjectType.AGENT, ObjectType.AGENT_GROUP, ObjectType.PLACE] as const;
export const QUEUES = [ObjectType.QUEUE, ObjectType.QUEUE_GROUP] as const;
export const CALLBACKS = [ObjectType.CALLBACK_SERVICE] as const;

/** The kind of object that an object type consists of. */
export const COUNTED_OF: Readonly<Record<ObjectType, Counted>> = {
  [ObjectType.AGENT]: 'agent',
  [ObjectType.AGENT_GROUP]: 'agent',
  [ObjectType.PLACE]: 'agent',
  [ObjectType.QUEUE]: 'queue',
  [ObjectType.QUEUE_GROUP]: 'queue',
  [ObjectType.CALLBACK_SERVICE]: 'callback',
};

export function isObjectType(text: string): text is ObjectType {
  return Object.hasOwn(COUNTED_OF, text);
}
