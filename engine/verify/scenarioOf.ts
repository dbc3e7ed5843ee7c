import { assertNever, defined, type Json } from '../ports/index.ts';
import type { Scenario, ScenarioStep } from '../scenario/index.ts';
import type { FindingKind } from './findings.ts';
import type { Model } from './model.ts';
import { sentBy } from './moves.ts';
import { nameOf, type Outside, urlOf } from './outside.ts';
import { BASE_URL, SESSION_ID } from './trial.ts';
import type { Step } from './way.ts';

/** A finding, as far as its scenario needs it. */
export interface ShownFinding {
  readonly kind: FindingKind;
  readonly key: string;
  readonly message: string;
  readonly start: number;
  readonly steps: readonly Step[];
  /** Ids of the active states at the end. */
  readonly configuration: readonly string[];
}

/**
 * A scenario that shows a finding. With an expectation at its end, it fails while the fault is there. Without
 * one it only has the moves: see expectedBy.
 */
export function scenarioOf(model: Model, finding: ShownFinding): Omit<Scenario, 'document'> {
  const { starts } = model.surroundings;
  const answers = promptAnswers(model);
  const params = starts[finding.start]!;
  let time = 0;
  const steps = finding.steps.flatMap((step): readonly ScenarioStep[] => {
    const waited = step.atMs - time;
    time = step.atMs;
    const advance: readonly ScenarioStep[] = waited > 0 ? [{ advance: `${waited}ms` }] : [];
    return [...advance, ...stepsOf(model, step)];
  });
  const expected = expectedBy(model, finding);
  return {
    scenario: 1,
    name: finding.message,
    ...(Object.keys(params).length > 0 && { params }),
    baseUrl: BASE_URL,
    ...(answers.length > 0 && { answers }),
    steps: ['start', ...steps, ...(expected ? [expected] : [])],
  };
}

/** The answers that come at once. */
function promptAnswers({ surroundings: { fetches, modules } }: Model): NonNullable<Scenario['answers']> {
  return [
    ...fetches
      .filter(({ prompt }) => prompt)
      .map(({ fetch, method, ok }) => ({ fetch, ...defined({ method }), reply: { json: ok[0]! } })),
    ...modules
      .filter(({ prompt }) => prompt)
      .map(({ module, done }) => ({ module, result: { done: done[0] ?? {} } })),
  ];
}

function stepsOf(model: Model, { move, outside }: Step): readonly ScenarioStep[] {
  switch (move.kind) {
    case 'timer':
      // It fires when the time comes.
      return [];
    case 'terminate':
      return [{ terminate: 'terminated' }];
    case 'event': {
      const { event, kind, facts } = model.surroundings.events[move.row]!;
      if (kind === 'notice') return [{ send: event, data: move.data, ...defined({ facts }) }];
      return [{ request: event, data: move.data, as: `request-${outside.askCount + 1}` }];
    }
    case 'chat':
      return sentBy(model, outside, move, SESSION_ID).events.map(([, { name, data, facts }]) => ({
        send: name,
        ...defined({ data, facts }),
      }));
    case 'reply':
    case 'done':
    case 'error':
      return answerSteps(model, outside, move);
    default:
      return assertNever(move);
  }
}

function answerSteps(
  model: Model,
  outside: Outside,
  move: Extract<Step['move'], { readonly request: number }>,
): readonly ScenarioStep[] {
  const { effect } = outside.open[move.request]!;
  if (move.kind === 'reply') {
    const method = String(effect.attributes.method ?? 'get').toLowerCase();
    return [{ answer: { fetch: urlOf(effect), method, reply: move.reply } }];
  }
  const { events } = sentBy(model, outside, move, SESSION_ID);
  const [last] = events.slice(-1);
  const before = events
    .slice(0, -1)
    .map(([, { name, data, facts }]): ScenarioStep => ({ send: name, ...defined({ data, facts }) }));
  const { requestid: _id, ...fields } = last![1].data as { readonly [name: string]: Json };
  const result = move.kind === 'done' ? { done: fields } : { error: fields };
  return [...before, { answer: { module: nameOf(effect), result } }];
}

/**
 * An expectation that fails while the fault is there. Undefined for faults that no field of an expectation
 * tells from right behaviour.
 */
function expectedBy(
  { surroundings }: Model,
  { kind, key, configuration, steps }: ShownFinding,
): ScenarioStep | undefined {
  switch (kind) {
    case 'unhandledError':
      return { expect: { noLines: [{ $matches: '^log error\\.\\S+: Not handled' }] } };
    case 'fault':
      return { expect: { noLines: [{ $matches: '^error error\\.(illegal|script|execution)' }] } };
    case 'failed':
    case 'restless':
      return { expect: { status: 'running' } };
    case 'deadEnd':
      return { expect: { notIn: configuration.slice(-1) } };
    case 'unanswered': {
      const asked = steps.flatMap(({ move, outside }) =>
        move.kind === 'event' && surroundings.events[move.row]!.kind === 'request'
          ? [`request-${outside.askCount + 1}`]
          : [],
      );
      return { expect: { replies: Object.fromEntries(asked.map((name) => [name, {}])) } };
    }
    case 'property': {
      const property = surroundings.properties.find(({ name }) => name === key);
      if (property?.kind !== 'invariant' && property?.kind !== 'never') return undefined;
      return { expect: { data: { [property.condition]: property.kind === 'invariant' } } };
    }
    case 'answeredTwice':
    case 'notGivenBack':
    case 'timerOutlives':
      return undefined;
    default:
      return assertNever(kind);
  }
}
