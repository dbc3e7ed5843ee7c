import { didYouMean } from '../../ports/index.ts';
import { parseDelay } from '../content/delay.ts';
import { BASIC_HTTP_PROCESSOR, meantTarget, SCXML_PROCESSOR } from '../content/send.ts';
import type { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { Action, Attribute, Invoke } from '../document/model.ts';
import { SCXML_INVOKE_TYPES } from '../document/namespaces.ts';
import { actionsOf } from './actions.ts';
import type { DraftCode } from './draftCode.ts';

type Send = Extract<Action, { kind: 'send' }>;

const SEND_TYPES = new Set(['', 'scxml', 'basichttp', SCXML_PROCESSOR, BASIC_HTTP_PROCESSOR]);
const HTTP_TYPES = new Set(['basichttp', BASIC_HTTP_PROCESSOR]);
const IN_CALL = /\bIn\(\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*\)/g;

/**
 * Warns of values written in the document that cause an error event, or nothing, when they are used: delays,
 * types, targets, an invoke without a document, ids of sends and of states, an assignment as condition.
 */
export function warnLiterals(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  const sends: Send[] = [];
  const cancels: Extract<Action, { kind: 'cancel' }>[] = [];
  for (const action of actionsOf(draft)) {
    if (action.kind === 'send') sends.push(action);
    warnEventName(action, draft);
    if (action.kind === 'cancel') cancels.push(action);
  }
  for (const send of sends) warnSend(send, draft);
  for (const invoke of draft.invokes) warnInvoke(invoke, draft);
  const ids = new Set(sends.flatMap(({ id }) => id ?? []));
  for (const { sendid, at } of cancels) {
    const id = literalOf(sendid);
    if (id === undefined || ids.has(id)) continue;
    draft.report('CANCEL_UNKNOWN', at, `Expected the id of a <send>, got '${id}'.${didYouMean(id, ids)}`);
  }
  warnConditions(draft, code, locations);
}

/** W3C 3.12.1: whitespace separates the descriptors of a transition. */
function warnEventName(action: Action, draft: Draft): void {
  const name =
    action.kind === 'raise' ? action.event : action.kind === 'send' ? literalOf(action.event) : undefined;
  if (name === undefined || !/\s/.test(name)) return;
  const message = `Expected the name of an event without whitespace, got '${name}': only '*' can match it.`;
  draft.report('EVENT_IMPOSSIBLE', action.at, message);
}

function warnSend({ delay, type, target, at }: Send, draft: Draft): void {
  const time = literalOf(delay);
  if (time !== undefined && time !== '' && parseDelay(time) === undefined) {
    const hint = /^\d+$/.test(time) ? `: write '${time}s' or '${time}ms'` : '';
    draft.report('DELAY_INVALID', at, `Expected a delay such as '10s' or '200ms', got '${time}'${hint}.`);
  }
  const processor = type === undefined ? '' : literalOf(type);
  if (processor === undefined || (draft.dialect === 'ors' && processor === 'fm')) return;
  if (!SEND_TYPES.has(processor)) {
    const hint = didYouMean(processor, ['scxml', 'basichttp']);
    draft.report(
      'TYPE_UNKNOWN',
      at,
      `Expected a <send> of type 'scxml' or 'basichttp', got '${processor}'.${hint}`,
    );
    return;
  }
  const to = literalOf(target);
  if (to !== undefined && to !== '' && !HTTP_TYPES.has(processor)) warnTarget(to, at, draft);
}

function warnTarget(target: string, at: Send['at'], draft: Draft): void {
  if (/^#_(?:parent|internal|scxml_.*)$/.test(target)) return;
  if (target.startsWith('#_')) {
    const ids = new Set(draft.invokes.flatMap(({ id }) => id ?? []));
    const id = target.slice(2);
    const isGenerated = draft.invokes.some((invoke) => invoke.id === undefined);
    if (ids.has(id) || isGenerated) return;
    draft.report(
      'SEND_TARGET',
      at,
      `Expected the id of an <invoke> after '#_', got '${id}'.${didYouMean(id, ids)}`,
    );
    return;
  }
  // ORS: a session id, or a name of the platform.
  if (draft.dialect === 'ors' && !target.startsWith('#')) return;
  const expected = "a target as '#_internal', '#_parent', '#_<invokeid>' or '#_scxml_<sessionid>'";
  draft.report('SEND_TARGET', at, `Expected ${expected}, got '${target}'${meantTarget(target)}.`);
}

function warnInvoke({ type, src, content, at }: Invoke, draft: Draft): void {
  const written = type === undefined ? '' : literalOf(type);
  if (written !== undefined && !SCXML_INVOKE_TYPES.has(written)) {
    draft.report('TYPE_UNKNOWN', at, `Expected an <invoke> of type 'scxml', got '${written}'.`);
    return;
  }
  if (src !== undefined || content?.expr !== undefined || content?.document !== undefined) return;
  const text = content?.text?.trim() ?? '';
  if (text.startsWith('<')) return;
  const got = text === '' ? 'none' : `'${text.slice(0, 40)}'`;
  draft.report(
    'INVOKE_EMPTY',
    at,
    `Expected a document in src, srcexpr or <content> of <invoke>, got ${got}.`,
  );
}

function warnConditions(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  for (const { expression, parsed } of code.all) {
    if (parsed.kind === 'fault') continue;
    for (const { index, 1: single, 2: double } of expression.source.matchAll(IN_CALL)) {
      const id = single ?? double ?? '';
      if (draft.stateById.has(id)) continue;
      const at = locations.locate(expression, index);
      draft.report(
        'IN_UNKNOWN',
        at,
        `Expected the id of a state in In(), got '${id}'.${didYouMean(id, draft.stateById.keys())}`,
      );
    }
    if (expression.kind !== 'condition' || parsed.node.type !== 'AssignmentExpression') continue;
    const { left, right, operator } = parsed.node;
    const text = (node: { readonly start: number; readonly end: number }): string =>
      expression.source.slice(node.start, node.end);
    const got = `'${text(left)} ${operator} ${text(right)}'`;
    const at = locations.locate(expression, parsed.node.start);
    draft.report(
      'CONDITION_ASSIGNS',
      at,
      `Expected a comparison (=== or ==) as condition, got the assignment ${got}.`,
    );
  }
}

/** The text of an attribute as written; in ORS, of an expression that is only a text. */
function literalOf(attribute: Attribute | undefined): string | undefined {
  if (attribute === undefined) return undefined;
  if ('literal' in attribute) return attribute.literal;
  return /^\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/
    .exec(attribute.expr.source)
    ?.slice(1)
    .find((part) => part !== undefined);
}
