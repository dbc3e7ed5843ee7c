import {
  type Effect,
  type ExecutionStatus,
  parseWithoutProto,
  type StepOutcome,
} from '../../interpreter/index.ts';
import type { Json } from '../../ports/index.ts';
import type { KeptTexts } from './frames.ts';
import { MAX_EFFECTS, MAX_FAULT_CHARS, MAX_KEY_CHARS } from './limits.ts';
import type { Answer } from './messages.ts';

/** A child said what no child of ours says. */
export class ProtocolBreach extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolBreach';
  }
}

/** What the parent knows of the session that it asked about. */
export interface AskedAbout {
  readonly sessionId: string;
  readonly documentHash: string;
  /** Ids of the document's states. */
  readonly states: ReadonlyMap<string, number>;
}

/** The call as it was put. */
export interface SentCall {
  readonly number: number;
  readonly kind: 'step' | 'data';
  /** It came with a snapshot, to go on from. */
  readonly restores: boolean;
}

/** Takes a message for the answer to the compilation of a document. */
export function checkCompiled(message: unknown, call: number): void {
  const { kind, call: answered } = objectOf(message, 'answer');
  expect(kind === 'compiled' && answered === call, `'compiled' to call ${call}`, kind);
}

type Fields = { readonly [name: string]: unknown };

/** The messages of a frame. */
export function parseFrame(text: string): readonly unknown[] {
  let messages: unknown;
  try {
    messages = parseWithoutProto(text);
  } catch (error) {
    throw new ProtocolBreach(`Expected JSON, got: ${(error as Error).message.slice(0, MAX_FAULT_CHARS)}`);
  }
  if (!Array.isArray(messages)) throw new ProtocolBreach('Expected an array of messages.');
  return messages;
}

/**
 * Takes a message of a child for the answer to `sent`, or throws ProtocolBreach. Whoever has taken a child
 * over may say anything about its own sessions, and nothing about others: ids, keys and children that the
 * engine derives from the session are held to it. Its snapshot is not read here at all: it is text, kept for whoever
 * goes on with the session.
 */
export function checkAnswer(
  message: unknown,
  given: { readonly asked: AskedAbout; readonly sent: SentCall; readonly kept: KeptTexts },
): Answer {
  const { asked, sent, kept } = given;
  const answer = objectOf(message, 'answer');
  if (answer.call !== sent.number) breach(`an answer to call ${sent.number}`, answer.call);
  switch (answer.kind) {
    case 'notRestored':
      expect(sent.restores, 'an answer to a call without a snapshot', 'notRestored');
      expect(isText(answer.message, MAX_FAULT_CHARS), 'a message', typeof answer.message);
      break;
    case 'thrown':
      expect(isText(answer.message, MAX_FAULT_CHARS), 'a message', typeof answer.message);
      break;
    case 'tooLarge':
      expect(typeof answer.chars === 'number', 'a number of characters', typeof answer.chars);
      break;
    case 'data':
      expect(sent.kind === 'data' && answer.data !== undefined, `an answer to '${sent.kind}'`, 'data');
      break;
    case 'stepped':
      expect(sent.kind === 'step', `an answer to '${sent.kind}'`, 'stepped');
      return stepped(answer, asked, kept);
    default:
      breach('a known kind of answer', answer.kind);
  }
  return answer as unknown as Answer;
}

const STATUSES: ReadonlySet<unknown> = new Set<ExecutionStatus>([
  'running',
  'completed',
  'terminated',
  'failed',
]);

function stepped(answer: Fields, asked: AskedAbout, kept: KeptTexts): Answer {
  const outcome = objectOf(answer.outcome, 'outcome');
  expect(STATUSES.has(outcome.status), 'a status', outcome.status);
  expect(typeof outcome.more === 'boolean', 'a boolean in more', typeof outcome.more);
  expect(isOptionalText(outcome.reason), 'a text as reason', typeof outcome.reason);
  const effects = arrayOf(outcome.effects, 'effects');
  expect(effects.length <= MAX_EFFECTS, `at most ${MAX_EFFECTS} effects (MAX_EFFECTS)`, effects.length);
  for (const effect of effects) checkEffect(effect, asked);
  const configuration = arrayOf(answer.configuration, 'configuration');
  expect(configuration.length <= asked.states.size, 'states of the document', configuration.length);
  for (const id of configuration) expect(asked.states.has(id as string), 'states of the document', id);
  const call = answer.call as number;
  const checked = outcome as unknown as StepOutcome;
  const states = configuration as readonly string[];
  // Written out, not spread: a property behind a spread makes V8 draw up another shape of object for every event.
  if (outcome.status !== 'running') {
    const data = (answer.data ?? null) as Json;
    return { kind: 'stepped', call, outcome: checked, configuration: states, data };
  }
  const snapshot = kept.take(answer.snapshotBytes);
  if (snapshot === undefined) breach('a snapshot behind the messages', answer.snapshotBytes);
  return { kind: 'stepped', call, outcome: checked, configuration: states, snapshot };
}

const CHECKS: { readonly [Kind in Effect['kind']]: (effect: Fields, asked: AskedAbout) => void } = {
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
  invoke(effect, asked) {
    key(effect.key, 'key');
    key(effect.invokeId, 'invokeId');
    ownChild(effect.childId, asked);
    text(effect.type, 'type');
    text(effect.baseUrl, 'baseUrl');
    expect(URL.canParse(effect.baseUrl as string), 'a URL as baseUrl', effect.baseUrl);
    expect(isOptionalText(effect.document), 'a text as document', typeof effect.document);
    if (effect.src !== undefined) expect(URL.canParse(String(effect.src)), 'a URL as src', effect.src);
    expect(effect.src !== undefined || effect.document !== undefined, 'src or document', 'neither');
    objectOf(effect.params, 'params');
  },
  uninvoke(effect, asked) {
    key(effect.key, 'key');
    key(effect.invokeId, 'invokeId');
    ownChild(effect.childId, asked);
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

function checkEffect(value: unknown, asked: AskedAbout): void {
  const effect = objectOf(value, 'effect');
  const { kind } = effect;
  const check =
    typeof kind === 'string' && Object.hasOwn(CHECKS, kind) ? CHECKS[kind as Effect['kind']] : undefined;
  if (check === undefined) breach('a known kind of effect', kind);
  else check(effect, asked);
}

/** Nesting is bounded by the stack: JSON that is deeper ends here with a RangeError, which is a breach too. */
function checkModuleChild(value: unknown): void {
  const child = objectOf(value, 'child');
  key(child.name, 'name');
  objectOf(child.attributes, 'attributes');
  objectOf(child.params, 'params');
  for (const grandchild of arrayOf(child.children, 'children')) checkModuleChild(grandchild);
}

/** The interpreter names invoked sessions after their parent: no other session can be named as a child. */
function ownChild(childId: unknown, { sessionId }: AskedAbout): void {
  key(childId, 'childId');
  expect((childId as string).startsWith(`${sessionId}~`), 'a child of the session itself', childId);
}

function key(value: unknown, name: string): void {
  expect(isText(value, MAX_KEY_CHARS), `a short text in ${name}`, typeof value);
}

function text(value: unknown, name: string): void {
  expect(isText(value), `a text in ${name}`, typeof value);
}

function isText(value: unknown, limit: unknown = undefined): boolean {
  return typeof value === 'string' && (typeof limit !== 'number' || value.length <= limit);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function objectOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return breach(`an object as ${name}`, value === null ? 'null' : typeof value);
}

function arrayOf(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : breach(`an array as ${name}`, typeof value);
}

function expect(holds: boolean, wanted: string, got: unknown): void {
  if (!holds) breach(wanted, got);
}

/** What came is quoted only where it is short: it is the child's. */
function breach(wanted: string, got: unknown): never {
  const quoted = typeof got === 'object' ? typeof got : String(got);
  throw new ProtocolBreach(`Expected ${wanted}, got ${quoted.slice(0, 100)}.`);
}
