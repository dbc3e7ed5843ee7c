import { z } from 'zod';
import type { CopiedState, Fork, ForkInput, ReplayedStep } from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { ANY_JSON } from '../openapi/index.ts';
import { type Fields, instant, stepReply } from './stepWire.ts';
import { EVENT_NAME, MAX_EXPRESSION_CHARS, placeFields } from './wire.ts';

/** Inputs of a fork. */
export const MAX_FORK_INPUTS = 100;
/** A fork may let a year pass before an input. */
const MAX_AFTER_MS = 366 * 24 * 3_600_000;

const afterMs = z.number().int().min(0).max(MAX_AFTER_MS).optional();
const id = z.string().max(MAX_EXPRESSION_CHARS).optional();

export const FORK = z.strictObject({
  step: z
    .number()
    .int()
    .positive()
    .describe('A step of its trace. Absent: as the session is now.')
    .optional(),
  inputs: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('event'),
          name: EVENT_NAME,
          data: ANY_JSON.optional(),
          sendid: id,
          invokeid: id,
          afterMs,
        }),
        z.strictObject({
          kind: z.literal('timer'),
          key: z.string().min(1).max(MAX_EXPRESSION_CHARS),
          afterMs,
        }),
        z.strictObject({ kind: z.literal('terminate'), afterMs }),
      ]),
    )
    .max(MAX_FORK_INPUTS),
});

/** The body of a fork. */
export function readFork(body: Json | undefined): {
  readonly step?: number;
  readonly inputs: readonly ForkInput[];
} {
  const read = FORK.safeParse(body);
  if (!read.success) {
    const [problem] = read.error.issues;
    const field = problem?.path.join('.') ?? '';
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected step and inputs, of kind event (name), timer (key) or terminate; ${field}: ${problem?.message}`,
    });
  }
  const { step, inputs } = read.data;
  return { inputs: inputs.map(inputOf), ...defined({ step }) };
}

function inputOf(one: z.infer<typeof FORK>['inputs'][number]): ForkInput {
  const after = defined({ afterMs: one.afterMs });
  switch (one.kind) {
    case 'event': {
      const { name, data, sendid, invokeid } = one;
      const event = { name, ...defined({ data: data as Json | undefined, sendid, invokeid }) };
      return { input: { kind: 'event', event }, ...after };
    }
    case 'timer':
      return { input: { kind: 'timer', key: one.key }, ...after };
    case 'terminate':
      return { input: { kind: 'terminate', reason: 'terminated in a fork' }, ...after };
  }
}

export function replayedReply(step: ReplayedStep): Fields {
  const { session, step: number, status, recorded } = step;
  const differs = recorded && { configuration: [...recorded.configuration], status: recorded.status };
  return { session, step: number, ...stepReply(step), status, ...defined({ differs }) };
}

export function copiedReply({
  src,
  documentHash,
  status,
  at,
  configuration,
  data,
  ...others
}: CopiedState): Fields {
  return {
    status,
    at: instant(at),
    documentHash,
    document: src,
    configuration: [...configuration],
    data,
    ...placeFields(others),
  };
}

export function forkReply({ steps, moreSteps, taken, state }: Fork): Json {
  const listed = { steps: steps.map(stepReply), ...defined({ moreSteps }) };
  return { taken, ...listed, state: copiedReply(state) } as Json;
}
