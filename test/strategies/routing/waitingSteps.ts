import fc from 'fast-check';
import type { BlockingRules } from '../../../strategies/routing/agentRoom.ts';
import type { PriorityRule } from '../../../strategies/routing/priority.ts';
import type { SubmitOrder } from '../../../strategies/routing/submitOrder.ts';
import { CONDITIONS } from './plainConditions.ts';

const TARGETS = [
  'Billing@S.GA',
  'Sales@S.GA',
  'Nobody@S.GA',
  'Sales@S.GA,[5]Billing@S.GA',
  '[5]Billing@S.GA,Sales@T.GA',
  '{2}Sales@S.GA',
  '{2}Sales@S.GA,Nobody@S.GA',
  '?:English>1@S.GA',
  'a1@S.A',
];

const CONDITIONAL = [
  ...Object.keys(CONDITIONS).map((text) => `{${text}}Billing@S.GA`),
  '{callage<3}a2@S.A,{2}Sales@S.GA',
  '?:$(StatAgentLoading)=0&English>1|$(StatTimeInReadyState)>=9@S.GA',
  '{2}?Sales:$(StatTimeInReadyState)>=3@S.GA',
];

const rule: fc.Arbitrary<PriorityRule> = fc.constantFrom(
  { base: 0, increment: 0, everyMs: 0 },
  { base: 3, increment: 0, everyMs: 7_000 },
  { base: 1, increment: 2, everyMs: 1_000 },
  { base: -4, increment: 1, everyMs: 3_000 },
  { base: 9, increment: -1, everyMs: 2_000 },
  { base: 5, increment: -3, everyMs: 7_000 },
  { base: 0.5, increment: 0.25, everyMs: 1_500 },
);
const order: fc.Arbitrary<SubmitOrder | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { type: 'percentage' as const },
  { type: 'max' as const, stat: 'StatAgentLoading' as const },
  { type: 'min' as const, stat: 'StatTimeInReadyState' as const },
  { type: 'min' as const, stat: 'StatAgentOccupancy' as const },
  { type: 'max' as const, stat: 'StatAgentsAvailable' as const },
);
const targets = fc.array(fc.constantFrom(...TARGETS, ...CONDITIONAL), { minLength: 1, maxLength: 2 });
const agentIds = fc.constantFrom('a0', 'a1', 'a2', 'a3');
/** A change that the index is told of, or a question. */
export const step = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('enter' as const),
      rule,
      targets,
      order,
      vq: fc.constantFrom('VQ', 'VQ/2'),
      media: fc.constantFrom('chat', 'voice'),
      isRoutable: fc.constantFrom(true, true, true, false),
      tellPosition: fc.constantFrom(undefined, undefined, 1, 3),
      headPlace: fc.option(fc.nat({ max: 5 }), { freq: 4, nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('toggle' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retarget' as const), at: fc.nat(), targets }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reprioritize' as const), at: fc.nat(), rule }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('try' as const),
      at: fc.nat(),
      agentId: agentIds,
      setting: fc.nat({ max: 2 }),
      forMs: fc.nat({ max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('exclude' as const), at: fc.nat(), agentId: agentIds }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('agent' as const),
      agentId: agentIds,
      state: fc.constantFrom('ready' as const, 'ready' as const, 'notReady' as const, 'loggedOut' as const),
      groups: fc.subarray(['Billing', 'Sales']),
      media: fc.subarray(['chat', 'voice'], { minLength: 1 }),
      skills: fc.constantFrom({}, { English: 3 }),
      place: fc.constantFrom(undefined, 'D1', 'D2'),
      capacity: fc.integer({ min: 1, max: 3 }),
      mediaCapacity: fc.constantFrom({}, { chat: 1 }),
      mediaStates: fc.constantFrom(
        {},
        { chat: { state: 'notReady' as const } },
        { voice: { state: 'afterWork' as const }, chat: { state: 'ready' as const } },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), at: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: -9_000, max: 20_000 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('match' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

export const blockingRules: fc.Arbitrary<BlockingRules> = fc.constantFrom(
  {},
  { voice: [{ '*': 1 }], '*': [{ voice: 1 }] },
  { chat: [{ voice: 2 }, { chat: 1, voice: 1 }] },
);
