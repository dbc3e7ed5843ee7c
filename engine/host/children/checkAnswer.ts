import {
  type Effect,
  type ExecutionStatus,
  MAX_FIGURE_NAME_CHARS,
  MAX_FIGURES_PER_STEP,
} from '../../interpreter/index.ts';
import type { SessionId } from '../../ports/index.ts';

import {
  arrayOf,
  breach,
  expect,
  type Fields,
  isOptionalText,
  isText,
  key,
  objectOf,
  text,
} from './checks.ts';
import { MAX_EFFECTS, MAX_FAULT_CHARS } from './limits.ts';
import type { ExecutionAnswer, ExecutionRequest } from './messages.ts';

/** The session that a request is about, as the server knows it. */
export interface SessionFacts {
  readonly sessionId: SessionId;
  /** Ids of the document's states. */
  readonly states: ReadonlySet<string>;
}

/** The request that a message must answer. */
export interface AskedRequest {
  readonly number: number;
  readonly kind: ExecutionRequest['kind'];
  /** The request has a snapshot, to restore the session from. */
  readonly restores: boolean;
}

/** Checks that a message is the answer to the compilation of a document. */
export function checkCompiled(message: unknown, request: number): void {
  const { kind, request: answered } = objectOf(message, 'answer');
  expect(kind === 'compiled' && answered === request, `'compiled' to request ${request}`, kind);
}

/**
 * Checks that a message is an answer to the request `sent`; throws ProtocolBreach. A hostile document that
 * controls its child can answer anything for its own session, and nothing for other sessions: ids and keys
 * that the interpreter derives from the session must belong to it. The snapshot is not read: it is text, for
 * the next child.
 */
export function checkAnswer(
  message: unknown,
  { session, sent }: { readonly session: SessionFacts; readonly sent: AskedRequest },
): ExecutionAnswer {
  const answer = objectOf(message, 'answer');
  if (answer.request !== sent.number) breach(`an answer to request ${sent.number}`, answer.request);
  switch (answer.kind) {
    case 'notRestored':
      expect(sent.restores, 'an answer to a request without a snapshot', 'notRestored');
      expect(isText(answer.message, MAX_FAULT_CHARS), 'a message', typeof answer.message);
      break;
    case 'thrown':
    case 'notStored':
      expect(isText(answer.message, MAX_FAULT_CHARS), 'a message', typeof answer.message);
      break;
    case 'tooLarge':
      expect(typeof answer.chars === 'number', 'a number of characters', typeof answer.chars);
      break;
    case 'data':
      expect(sent.kind === 'data' && answer.data !== undefined, `an answer to '${sent.kind}'`, 'data');
      break;
    case 'inspected':
      expect(sent.kind === 'inspect', `an answer to '${sent.kind}'`, 'inspected');
      checkInspected(objectOf(answer.inspected, 'inspected'));
      break;
    case 'asks':
      expect(sent.kind === 'step', `an answer to '${sent.kind}'`, 'asks');
      checkQuestions(arrayOf(answer.questions, 'questions'));
      break;
    case 'stepped':
      expect(sent.kind === 'step', `an answer to '${sent.kind}'`, 'stepped');
      checkStepped(answer, session);
      break;
    default:
      breach('a known kind of answer', answer.kind);
  }
  return answer as unknown as ExecutionAnswer;
}

/** ms since epoch: the last time that a Date can have. */
const MAX_TIME = 8.64e15;

/** A debugger shows it. It decides about nothing but where its own session stops. */
function checkInspected({ states, timers, lines, values, placed, hit, asks }: Fields): void {
  if (asks !== undefined) checkQuestions(arrayOf(asks, 'asks'));
  for (const state of arrayOf(states, 'states')) {
    const { id, at } = objectOf(state, 'state');
    text(id, 'id');
    checkPlace(at);
  }
  for (const timer of arrayOf(timers, 'timers')) {
    const { session, key: id, event, sendid, dueAt } = objectOf(timer, 'timer');
    for (const value of [session, id, event, sendid]) text(value, 'timer');
    expect(Number.isFinite(dueAt) && Math.abs(Number(dueAt)) <= MAX_TIME, 'a time in dueAt', dueAt);
  }
  const count = checkLines(lines);
  for (const value of arrayOf(values, 'values')) objectOf(value, 'value');
  for (const one of arrayOf(placed, 'placed')) {
    const { breakpoint, refused } = objectOf(one, 'placed');
    if (refused === undefined) objectOf(breakpoint, 'breakpoint');
    else text(refused, 'refused');
  }
  if (hit === undefined) return;
  const { breakpoint, line } = objectOf(hit, 'hit');
  objectOf(breakpoint, 'breakpoint');
  expect(Number.isInteger(line) && Number(line) >= 0 && Number(line) <= count, 'a line of the step', line);
}

/** Returns the number of lines. */
function checkLines(lines: unknown): number {
  for (const line of arrayOf(lines, 'lines')) {
    const { text: shown, at } = objectOf(line, 'line');
    text(shown, 'text');
    if (at !== undefined) checkPlace(at);
  }
  return arrayOf(lines, 'lines').length;
}

/** People are shown them; they decide about nothing. */
function checkDetails({ lines, changes, moreChanges }: Fields): void {
  checkLines(lines);
  for (const change of arrayOf(changes, 'changes')) text(objectOf(change, 'change').path, 'path');
  expect(moreChanges === undefined || Number.isInteger(moreChanges), 'a number of changes', moreChanges);
}

function checkPlace(at: unknown): void {
  const { file, line, column } = objectOf(at, 'at');
  text(file, 'file');
  expect(Number.isInteger(line) && Number.isInteger(column), 'a line and a column', line);
}

function checkQuestions(questions: readonly unknown[]): void {
  const count = questions.length;
  expect(count > 0 && count <= MAX_FIGURES_PER_STEP, `1 to ${MAX_FIGURES_PER_STEP} questions`, count);
  for (const question of questions) {
    const { object, statistic } = objectOf(question, 'question');
    const isShort = isText(object, MAX_FIGURE_NAME_CHARS) && isText(statistic, MAX_FIGURE_NAME_CHARS);
    expect(isShort, 'a short object and statistic', typeof object);
  }
}

const STATUSES: ReadonlySet<unknown> = new Set<ExecutionStatus>([
  'running',
  'completed',
  'terminated',
  'failed',
]);

function checkStepped(answer: Fields, session: SessionFacts): void {
  const outcome = objectOf(answer.outcome, 'outcome');
  expect(STATUSES.has(outcome.status), 'a status', outcome.status);
  expect(typeof outcome.more === 'boolean', 'a boolean in more', typeof outcome.more);
  expect(isOptionalText(outcome.reason), 'a text as reason', typeof outcome.reason);
  expect(outcome.asks === undefined, "an outcome without questions, which are an answer 'asks'", 'asks');
  const effects = arrayOf(outcome.effects, 'effects');
  expect(effects.length <= MAX_EFFECTS, `at most ${MAX_EFFECTS} effects (MAX_EFFECTS)`, effects.length);
  for (const effect of effects) checkEffect(effect, session);
  const configuration = arrayOf(answer.configuration, 'configuration');
  expect(configuration.length <= session.states.size, 'states of the document', configuration.length);
  for (const id of configuration) expect(session.states.has(id as string), 'states of the document', id);
  if (answer.details !== undefined) checkDetails(objectOf(answer.details, 'details'));
  const isRunning = outcome.status === 'running';
  expect(isText(answer.snapshot) === isRunning, 'a snapshot of a session that runs', typeof answer.snapshot);
}

const CHECKS: { readonly [Kind in Effect['kind']]: (effect: Fields, session: SessionFacts) => void } = {
  send(effect) {
    key(effect.key, 'key');
    text(effect.type, 'type');
    text(effect.target, 'target');
    expect(isOptionalText(effect.sendId), 'a text as sendId', typeof effect.sendId);
    const event = objectOf(effect.event, 'event');
    text(event.name, 'event.name');
    for (const name of ['sendid', 'invokeid', 'origin', 'origintype']) {
      expect(isOptionalText(event[name]), `a text as event.${name}`, typeof event[name]);
    }
    if (effect.fields === undefined) return;
    for (const field of arrayOf(effect.fields, 'fields')) {
      const pair = arrayOf(field, 'field');
      expect(pair.length === 2 && pair.every((part) => isText(part)), 'a name and a value', pair.length);
    }
  },
  arm(effect) {
    key(effect.key, 'key');
    expect(Number.isFinite(effect.dueAt), 'a time in dueAt', effect.dueAt);
  },
  disarm(effect) {
    key(effect.key, 'key');
  },
  invoke(effect, session) {
    key(effect.key, 'key');
    key(effect.invokeId, 'invokeId');
    ownInvoked(effect.invokedId, session);
    text(effect.type, 'type');
    text(effect.baseUrl, 'baseUrl');
    expect(URL.canParse(effect.baseUrl as string), 'a URL as baseUrl', effect.baseUrl);
    expect(isOptionalText(effect.document), 'a text as document', typeof effect.document);
    if (effect.src !== undefined) expect(URL.canParse(String(effect.src)), 'a URL as src', effect.src);
    expect(effect.src !== undefined || effect.document !== undefined, 'src or document', 'neither');
    objectOf(effect.params, 'params');
  },
  uninvoke(effect, session) {
    key(effect.key, 'key');
    key(effect.invokeId, 'invokeId');
    ownInvoked(effect.invokedId, session);
  },
  module(effect) {
    key(effect.key, 'key');
    key(effect.module, 'module');
    key(effect.action, 'action');
    key(effect.requestId, 'requestId');
    objectOf(effect.attributes, 'attributes');
    objectOf(effect.params, 'params');
    for (const child of arrayOf(effect.children, 'children')) checkModuleChild(child);
  },
  respond(effect) {
    key(effect.requestId, 'requestId');
    expect(typeof effect.positive === 'boolean', 'a boolean in positive', typeof effect.positive);
    expect(isOptionalText(effect.resultCode), 'a text as resultCode', typeof effect.resultCode);
    expect(effect.body !== undefined, 'a body', 'none');
  },
  log(effect) {
    text(effect.text, 'text');
    expect(isOptionalText(effect.label), 'a text as label', typeof effect.label);
    expect(isOptionalText(effect.level), 'a text as level', typeof effect.level);
  },
};

function checkEffect(value: unknown, session: SessionFacts): void {
  const effect = objectOf(value, 'effect');
  const { kind } = effect;
  const check =
    typeof kind === 'string' && Object.hasOwn(CHECKS, kind) ? CHECKS[kind as Effect['kind']] : undefined;
  if (check === undefined) breach('a known kind of effect', kind);
  else check(effect, session);
}

/** The stack bounds the depth: deeper JSON ends here with a RangeError, which is a breach too. */
function checkModuleChild(value: unknown): void {
  const child = objectOf(value, 'child');
  key(child.name, 'name');
  objectOf(child.attributes, 'attributes');
  objectOf(child.params, 'params');
  for (const grandchild of arrayOf(child.children, 'children')) checkModuleChild(grandchild);
}

/** The interpreter derives the ids of invoked sessions from the session that invokes them. */
function ownInvoked(invokedId: unknown, { sessionId }: SessionFacts): void {
  key(invokedId, 'invokedId');
  expect(
    (invokedId as string).startsWith(`${sessionId}~`),
    'a session that the session itself invoked',
    invokedId,
  );
}
