import type { ModuleEffect, UntypedEvent } from '../interpreter/index.ts';
import { assertNever, defined, type Json } from '../ports/index.ts';
import type { Expected, Scenario, ScenarioStep } from '../scenario/index.ts';
import { expectedBy } from './expectation.ts';
import type { Model } from './model.ts';
import { sentBy } from './moves.ts';
import { nameOf, urlOf } from './outside.ts';
import { BASE_URL, SESSION_ID } from './trial.ts';
import type { Step, Way } from './way.ts';

/** A scenario that shows a finding: it fails while the fault is there. */
export function scenarioOf(model: Model, way: Way): Omit<Scenario, 'document'> {
  const { starts } = model.surroundings;
  const answers = promptAnswers(model);
  const params = starts[way.start]!;
  let time = 0;
  const moves = way.steps.map((step): readonly ScenarioStep[] => {
    const waited = step.atMs - time;
    time = step.atMs;
    const advance: readonly ScenarioStep[] = waited > 0 ? [{ advance: `${waited}ms` }] : [];
    return [...advance, ...stepsOf(model, step)];
  });
  return {
    scenario: 1,
    name: way.found.message,
    ...(Object.keys(params).length > 0 && { params }),
    baseUrl: BASE_URL,
    ...(answers.length > 0 && { answers }),
    steps: withExpectation(
      ['start', ...moves.slice(0, -1).flat()],
      moves.at(-1) ?? [],
      expectedBy(model, way),
    ),
  };
}

/** An expectation about the last action comes after each action of the last move. */
function withExpectation(
  before: readonly ScenarioStep[],
  last: readonly ScenarioStep[],
  expected: Expected,
): readonly ScenarioStep[] {
  const expectation: ScenarioStep = { expect: expected };
  const isOfAction = expected.noLines !== undefined || expected.notIgnored !== undefined;
  if (!isOfAction || last.length === 0) return [...before, ...last, expectation];
  return [...before, ...last.flatMap((step) => [step, expectation])];
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

function stepsOf(model: Model, step: Step): readonly ScenarioStep[] {
  const { move, outside, delivered } = step;
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
      return sentBy(model, outside, move, SESSION_ID)
        .events.slice(0, delivered)
        .map(([, event]) => sent(event));
    case 'reply':
    case 'done':
    case 'error':
      return answerSteps(model, step, move);
    default:
      return assertNever(move);
  }
}

function sent({ name, data, facts }: UntypedEvent): ScenarioStep {
  return { send: name, ...defined({ data, facts }) };
}

/** The answer is the last event of its move. */
function answerSteps(
  model: Model,
  { outside, delivered }: Step,
  move: Extract<Step['move'], { readonly request: number }>,
): readonly ScenarioStep[] {
  const { effect } = outside.open[move.request]!;
  const older = outside.open.slice(0, move.request).filter((one) => isLike(one.effect, effect));
  const nth = older.length === 0 ? {} : { nth: older.length + 1 };
  if (move.kind === 'reply') {
    return [{ answer: { fetch: urlOf(effect), method: methodOf(effect), ...nth, reply: move.reply } }];
  }
  const { events } = sentBy(model, outside, move, SESSION_ID);
  return events.slice(0, delivered).map(([, event], index): ScenarioStep => {
    if (index < events.length - 1) return sent(event);
    const { requestid: _id, ...fields } = event.data as { readonly [name: string]: Json };
    const result = move.kind === 'done' ? { done: fields } : { error: fields };
    return { answer: { module: nameOf(effect), ...nth, result } };
  });
}

function methodOf({ attributes }: ModuleEffect): string {
  return String(attributes.method ?? 'get').toLowerCase();
}

/** True when an answer of a scenario to `effect` fits the other one too: a URL may be a part of another. */
function isLike(other: ModuleEffect, effect: ModuleEffect): boolean {
  if (nameOf(other) !== nameOf(effect)) return false;
  if (nameOf(effect) !== 'session.fetch') return true;
  return methodOf(other) === methodOf(effect) && urlOf(other).includes(urlOf(effect));
}
