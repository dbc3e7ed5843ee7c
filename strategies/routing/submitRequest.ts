import type { ModuleRequest, NestedElement } from '../../engine/host/index.ts';
import { defined, type Json, parseId, textOf } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { respellTargets, type SkillPrecedence, whyNoAgent } from '../targets/index.ts';
import { RoutingError } from './errors.ts';
import { readOrder, type SubmitOrder } from './submitOrder.ts';

/** Virtual queue of submits without the attribute `queue`. ors-dialect 2.10. */
export const DEFAULT_SUBMIT_QUEUE = 'none';

const MAX_QUEUE_NAME = 255;

/** The attributes and children of <queue:submit>. */
export interface SubmitRequest {
  readonly interactionId?: InteractionId;
  readonly vq: string;
  readonly priority: number;
  /** Absent: no timeout. */
  readonly timeoutMs?: number;
  /** False: only selects an agent. */
  readonly route: boolean;
  /** clearontimeout="false". */
  readonly keepWaiting: boolean;
  /** Comma-separated target strings. */
  readonly targets: string;
  /** Absent: any. */
  readonly order?: SubmitOrder;
}

/** The attributes and children of <queue:update> that are given. */
export interface SubmitUpdate {
  readonly priority?: number;
  /** Counts from the update on. */
  readonly timeoutMs?: number;
  readonly targets?: string;
}

/** Something of a submit that this platform does not perform. */
export class UnsupportedSubmit extends Error {
  override readonly name = 'UnsupportedSubmit';
}

/** Long names of target types, as the `type` attribute has them. */
const TYPE_LETTERS: Readonly<Record<string, string>> = {
  agent: 'A',
  place: 'AP',
  agentplace: 'AP',
  agentgroup: 'GA',
  placegroup: 'GP',
  campaigngroup: 'GC',
  skill: 'GA',
  queue: 'Q',
  dn: 'DN',
  routepoint: 'RP',
  label: 'DL',
};

/**
 * Reads `interactionid`, `queue`, `priority`, `timeout` (s), `route`, `clearontimeout`, `ordertype`,
 * `orderstat`, and the targets of the children. Throws RoutingError or UnsupportedSubmit.
 */
export function readSubmit(
  { attributes, children }: ModuleRequest,
  precedence: SkillPrecedence,
): SubmitRequest {
  if (attributeText(attributes.src) !== '') {
    throw new UnsupportedSubmit('This server has no stored submits for src of <queue:submit>.');
  }
  const timeout = readNumber('timeout', attributes.timeout);
  const targets = readTargets(children, precedence);
  if (targets === '') {
    throw new RoutingError(
      'ROUTING_REQUEST_INVALID',
      'Expected <queue:submit> to have a target: <queue:targets> with <queue:target> or <queue:targetid>, got none.',
    );
  }
  const order = readOrder(attributeText(attributes.ordertype), attributeText(attributes.orderstat));
  if ('fault' in order) {
    throw order.isKnown
      ? new UnsupportedSubmit(order.fault)
      : new RoutingError('ROUTING_REQUEST_INVALID', order.fault);
  }
  const vq = attributeText(attributes.queue) || DEFAULT_SUBMIT_QUEUE;
  if (vq.length > MAX_QUEUE_NAME) {
    throw new RoutingError(
      'ROUTING_REQUEST_INVALID',
      `Expected queue of <queue:submit> to have at most ${MAX_QUEUE_NAME} characters, got ${vq.length}.`,
    );
  }
  return {
    ...defined({ interactionId: readInteractionId(attributes.interactionid) }),
    vq,
    priority: readNumber('priority', attributes.priority) ?? 0,
    ...defined({ timeoutMs: timeout === undefined ? undefined : timeout * 1000 }),
    route: readFlag('route', attributes.route),
    keepWaiting: !readFlag('clearontimeout', attributes.clearontimeout),
    targets,
    ...order,
  };
}

/** Reads <queue:update>. Throws RoutingError or UnsupportedSubmit. */
export function readUpdate(
  { attributes, children }: ModuleRequest,
  precedence: SkillPrecedence,
): SubmitUpdate {
  const timeout = readNumber('timeout', attributes.timeout);
  const priority = readNumber('priority', attributes.priority);
  const targets = readTargets(children, precedence) || undefined;
  if (timeout === undefined && priority === undefined && targets === undefined) {
    const expected = 'Expected <queue:update> to have priority, timeout or targets, got none.';
    throw new RoutingError('ROUTING_REQUEST_INVALID', expected);
  }
  return defined({ priority, timeoutMs: timeout === undefined ? undefined : timeout * 1000, targets });
}

/** The targets of the children, separated by commas; '' without any. */
function readTargets(children: readonly NestedElement[], precedence: SkillPrecedence): string {
  const targets = children.flatMap(targetsOfChild).join(',');
  if (targets === '') return '';
  const why = whyNoAgent(targets);
  if (why !== undefined) throw new UnsupportedSubmit(`Target: ${why}`);
  return respellTargets(targets, precedence);
}

/** Undefined: none is named. */
function readInteractionId(value: Json | undefined): InteractionId | undefined {
  const text = attributeText(value);
  if (text === '') return undefined;
  const refuse = () =>
    new RoutingError(
      'ROUTING_REQUEST_INVALID',
      `Expected interactionid of <queue:submit> to be an id, got '${text}'.`,
    );
  return parseId<InteractionId>(text, refuse);
}

/** An attribute as text; '' when absent. */
export function attributeText(value: Json | undefined): string {
  return textOf(value).trim();
}

function targetsOfChild(child: NestedElement): readonly string[] {
  switch (child.name) {
    case 'targets':
      return child.children.flatMap((one) =>
        one.name === 'target' ? [targetOf(one, child)] : targetsOfChild(one),
      );
    case 'target':
      return [targetOf(child)];
    case 'targetid':
      return [
        attributeText(child.attributes.expr ?? child.attributes.targetid ?? Object.values(child.params)[0]),
      ];
    case 'runtreatments':
      // Without a voice channel no treatment is played; no event tells of one either.
      return [];
    default:
      throw new UnsupportedSubmit(`<queue:${child.name}> of <queue:submit> is not performed here.`);
  }
}

function targetOf({ attributes }: NestedElement, parent?: NestedElement): string {
  const read = (name: string) => attributeText(attributes[name] ?? parent?.attributes[name]);
  const given = read('type') || 'agentgroup';
  const type = TYPE_LETTERS[given.toLowerCase()] ?? given.toUpperCase();
  const name = read('name');
  const skills = read('skillexpr') || (given.toLowerCase() === 'skill' ? name : '');
  const label = skills === '' ? name : `?${skills === name ? '' : name}:${skills}`;
  const threshold = read('threshold');
  const weight = read('weight');
  return `${threshold && `{${threshold}}`}${weight && `[${weight}]`}${label}@${read('statserver')}.${type}`;
}

/** Default: true. */
function readFlag(name: string, value: Json | undefined): boolean {
  const text = attributeText(value).toLowerCase();
  if (['', 'true', 'false'].includes(text)) return text !== 'false';
  throw new RoutingError('ROUTING_REQUEST_INVALID', `Expected ${name} to be true or false, got '${text}'.`);
}

function readNumber(name: string, value: Json | undefined): number | undefined {
  const text = attributeText(value);
  if (text === '') return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new RoutingError(
    'ROUTING_REQUEST_INVALID',
    `Expected ${name} to be a number that is not negative, got '${text}'.`,
  );
}
