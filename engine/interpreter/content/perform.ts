import { assertNever, defined, type Json } from '../../ports/index.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import type { Action, Block } from '../document/model.ts';
import { attributeText } from './attribute.ts';
import { ContentFault, type FaultLocation, locationData } from './contentFault.ts';
import type { ContentHost } from './contentHost.ts';
import { evaluatePayload, textValue } from './payload.ts';
import { send } from './send.ts';

/** Items of one <foreach>. A longer loop raises error.execution. */
export const MAX_FOREACH_ITEMS = 1_000_000;

/**
 * The names of the platform (W3C 5.10, ors-dialect 2.3) and the members below them. `_data.x` belongs to the
 * document.
 */
const READ_ONLY = /^\s*(?:_(?:event|sessionid|name|ioprocessors|x|genesys|my_prefix)\b|_data\s*$)/;

/**
 * Executes a block of executable content. A fault ends the block and raises an error event; other blocks
 * execute as usual (W3C 4.9). Returns false when a fault ended the block.
 */
export function runBlock(block: Block, host: ContentHost): boolean {
  for (const action of block) {
    if (!perform(action, host)) return false;
  }
  return true;
}

function perform(action: Action, host: ContentHost): boolean {
  try {
    const goesOn = execute(action, host);
    host.performRealmRequests();
    return goesOn;
  } catch (fault) {
    host.performRealmRequests();
    host.fault(fault, locationOf(action));
    return false;
  }
}

function execute(action: Action, host: ContentHost): boolean {
  switch (action.kind) {
    case 'raise':
      raise(action, host);
      return true;
    case 'if':
      return runIf(action, host);
    case 'foreach':
      return runForeach(action, host);
    case 'log':
      log(action, host);
      return true;
    case 'assign':
      assign(action, host);
      return true;
    case 'script':
      host.data.run(action.script.slot);
      return true;
    case 'send':
      send(action, host);
      return true;
    case 'cancel':
      cancel(action, host);
      return true;
    case 'extension':
      host.performExtension(action.module, action.element);
      return true;
    case 'unsupported':
      throw new ContentFault(
        { w3c: 'error.execution', ors: 'error.unsupported.element' },
        `no part of this platform executes the element '${action.name}' of namespace '${action.namespace}'`,
      );
    default:
      return assertNever(action);
  }
}

function raise(action: Extract<Action, { kind: 'raise' }>, host: ContentHost): void {
  const hasParams = action.params.length > 0;
  const data = hasParams ? evaluatePayload(host, { namelist: [], params: action.params }) : undefined;
  host.raise(action.event, data as Json | undefined);
}

/** W3C 4.3. A condition that cannot be evaluated is false and raises an error event. */
function runIf(action: Extract<Action, { kind: 'if' }>, host: ContentHost): boolean {
  for (const branch of action.branches) {
    if (branch.cond && !holds(branch.cond.slot, action, host)) continue;
    return runBlock(branch.content, host);
  }
  return true;
}

function holds(slot: number, action: Action, host: ContentHost): boolean {
  try {
    const result = host.data.condition(slot);
    host.performRealmRequests();
    return result;
  } catch (fault) {
    host.fault(fault, locationOf(action));
    return false;
  }
}

/** W3C 4.6: loops over a shallow copy. A fault inside ends the loop and the block. */
function runForeach(action: Extract<Action, { kind: 'foreach' }>, host: ContentHost): boolean {
  const loop = host.data.openForeach(action.array.slot);
  if (loop.length > MAX_FOREACH_ITEMS) {
    throw new DatamodelFault('limit', `more than ${MAX_FOREACH_ITEMS} items in a <foreach>`, {
      limit: 'MAX_FOREACH_ITEMS',
    });
  }
  for (let index = 0; index < loop.length; index++) {
    loop.set(index, action.item.slot, action.index?.slot);
    if (!runBlock(action.content, host)) return false;
  }
  return true;
}

function log(action: Extract<Action, { kind: 'log' }>, host: ContentHost): void {
  const label = attributeText(host, action.label);
  const text = action.expr ? host.data.logText(action.expr.slot) : '';
  const { level } = action;
  if (label === undefined && level === undefined) host.emit({ kind: 'log', text });
  else host.emit({ kind: 'log', text, ...defined({ level, label }) });
}

function assign(action: Extract<Action, { kind: 'assign' }>, host: ContentHost): void {
  try {
    if (action.expr) {
      host.data.assign(action.location.slot, action.expr.slot);
      return;
    }
    const text = action.text ?? '';
    host.data.assignText(action.location.slot, text, textValue(text));
  } catch (fault) {
    throw readOnlyFault(fault, action.location.source) ?? fault;
  }
}

/**
 * ORS has two error events: for a location of the platform, which is read-only, and for an invalid location.
 */
function readOnlyFault(fault: unknown, location: string): ContentFault | undefined {
  if (!(fault instanceof DatamodelFault) || fault.kind !== 'location') return undefined;
  if (!READ_ONLY.test(location)) return undefined;
  return new ContentFault({ w3c: 'error.execution', ors: 'error.illegalassign' }, fault.message);
}

/** W3C 6.3. ORS answers every <cancel> with an event (ors-dialect 2.2). */
function cancel(action: Extract<Action, { kind: 'cancel' }>, host: ContentHost): void {
  const sendid = attributeText(host, action.sendid) ?? '';
  const found = host.cancel(sendid);
  if (host.document.dialect !== 'ors') return;
  if (found) host.raisePlatform('cancel.successful', { sendid }, sendid);
  else host.raisePlatform('error.notallowed', { sendid, ...locationData(locationOf(action)) }, sendid);
}

function locationOf(action: Action): FaultLocation {
  const element = action.kind === 'extension' ? `${action.module}:${action.element.name}` : action.kind;
  const use = action.kind === 'script' ? 'script' : action.kind === 'if' ? 'condition' : 'value';
  return { element: action.kind === 'unsupported' ? action.name : element, at: action.at, use };
}
