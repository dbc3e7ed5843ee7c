import type { Json } from '../../ports/index.ts';
import type { ConfigurationNode, ConfigurationTable } from '../algorithm/configurationTable.ts';
import {
  type ExecutionState,
  NO_INTERACTIONS,
  type PendingSend,
  type RunningInvoke,
} from '../algorithm/executionState.ts';
import { StateSet } from '../algorithm/stateSet.ts';
import type { Document } from '../document/model.ts';
import type { ScxmlEvent } from '../event.ts';
import type { ExecutionSnapshot, ExecutionStatus, Limits, StartOptions } from '../execution.ts';
import type { InteractionViews } from '../ors/genesys.ts';
import { migrateSnapshot } from './migrateSnapshot.ts';
import { parseWithoutProto } from './withoutProto.ts';

/** Version of the snapshot's shape; a reader of a later version migrates. */
export const SNAPSHOT_VERSION = 2;

/** What is the same in every snapshot of a session. */
interface WrittenHead {
  readonly version: number;
  readonly documentHash: string;
  readonly sessionId: string;
  readonly parent?: NonNullable<StartOptions['parent']>;
  readonly baseUrl: string;
}

/** What sessions that are in the same place have in common. States are written by id, so that a person can read it. */
interface WrittenPlace {
  readonly configuration: readonly string[];
  readonly history?: { readonly [id: string]: readonly string[] };
}

/** What most sessions do not have; what is absent is empty. */
interface WrittenMore {
  readonly reason?: string;
  readonly donedata?: Json;
  readonly externalQueue?: readonly ScxmlEvent[];
  readonly pending?: { readonly [key: string]: PendingSend };
  readonly invokes?: { readonly [id: string]: RunningInvoke };
  readonly initialised?: readonly string[];
  readonly interactions?: InteractionViews;
}

/** The shape of a snapshot. */
interface Written extends WrittenHead, WrittenPlace, WrittenMore {
  readonly status: ExecutionStatus;
  readonly counter: number;
  readonly seed: number;
  /** Text of the data model. */
  readonly data: string;
}

/** A session between two steps, as JSON. The internal queue is empty then, and no invoke is waiting to start. */
export function writeSnapshot(document: Document, state: ExecutionState, data: string): ExecutionSnapshot {
  const { status, counter, seed } = state;
  const written: Written = {
    ...headOf(document, state),
    ...placeOf(document, state.node),
    ...{ status, counter, seed },
    ...moreOf(document, state),
    data,
  };
  return written as unknown as ExecutionSnapshot;
}

/**
 * The same as text: the JSON of all but the data, a line end, the text of the data. Every step of a session writes it:
 * the data, which are the most of it, are not written as JSON again, and what is the same as in another is kept.
 */
export function writeSnapshotText(document: Document, state: ExecutionState, data: string): string {
  const { node, status, counter, seed } = state;
  state.writtenHead ??= propertiesText(headOf(document, state));
  node.written ??= propertiesText(placeOf(document, node));
  const more = propertiesText(moreOf(document, state));
  const text = `${state.writtenHead},${node.written},"status":"${status}","counter":${counter},"seed":${seed}`;
  return `{${text}${more === '' ? '' : ','}${more}}\n${data}`;
}

/** The text of a snapshot that was written by any version. */
export function snapshotText({ data, ...state }: ExecutionSnapshot): string {
  return typeof data === 'string' ? `${JSON.stringify(state)}\n${data}` : JSON.stringify(state);
}

/** The snapshot of a session from its text. Throws when it is none, or that of another session. */
export function parseSnapshot(text: string, sessionId: string): ExecutionSnapshot {
  const end = text.indexOf('\n');
  const state = parseWithoutProto(end < 0 ? text : text.slice(0, end));
  const snapshot = end < 0 ? state : { ...(state as object), data: text.slice(end + 1) };
  if (typeof snapshot !== 'object' || snapshot === null)
    throw new Error('Expected a snapshot to be an object.');
  const found = (snapshot as ExecutionSnapshot).sessionId;
  if (found === sessionId) return snapshot as ExecutionSnapshot;
  throw new Error(`Expected a snapshot of session ${sessionId}, got one of ${String(found)}.`);
}

/** JSON of an object without its braces. */
function propertiesText(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}

function headOf(document: Document, { sessionId, parent, baseUrl }: ExecutionState): WrittenHead {
  const { hash: documentHash } = document;
  return { version: SNAPSHOT_VERSION, documentHash, sessionId, ...(parent && { parent }), baseUrl };
}

function placeOf({ states }: Document, { ids, history }: ConfigurationNode): WrittenPlace {
  if (history.size === 0) return { configuration: ids };
  return {
    configuration: ids,
    history: Object.fromEntries(
      [...history].map(([at, held]) => [states[at]!.id, held.map((index) => states[index]!.id)]),
    ),
  };
}

/** What most sessions do not have. */
function moreOf({ states }: Document, state: ExecutionState): WrittenMore {
  const { reason, donedata, externalQueue, pending, invokes, initialised, interactions } = state;
  return {
    ...(reason !== undefined && { reason }),
    ...(donedata !== undefined && { donedata }),
    ...(externalQueue?.length && { externalQueue: [...externalQueue] }),
    ...(pending?.size && { pending: Object.fromEntries(pending) }),
    ...(invokes?.size && { invokes: Object.fromEntries(invokes) }),
    ...(initialised && { initialised: [...initialised].map((index) => states[index]!.id) }),
    ...(interactions !== NO_INTERACTIONS && { interactions }),
  };
}

/** The state of a snapshot, and the text of its data. Throws when it belongs to another document or version. */
export function readSnapshot(
  table: ConfigurationTable,
  snapshot: ExecutionSnapshot,
  limits: Limits,
): { readonly state: ExecutionState; readonly data: string } {
  const { document } = table;
  const written = migrateSnapshot(snapshot, SNAPSHOT_VERSION) as unknown as Written;
  if (written.documentHash !== document.hash) {
    throw new Error(`Expected a snapshot of document ${document.hash}, got one of ${written.documentHash}.`);
  }
  const index = (id: string): number => {
    const found = document.stateById.get(id);
    if (found === undefined)
      throw new Error(`The snapshot names the state '${id}', which the document does not have.`);
    return found;
  };
  const setOf = (ids: readonly string[]): StateSet => StateSet.of(document.states.length, ids.map(index));
  const history = new Map(
    Object.entries(written.history ?? {}).map(([id, ids]) => [index(id), ids.map(index)]),
  );
  const state: ExecutionState = {
    sessionId: written.sessionId,
    parent: written.parent,
    baseUrl: written.baseUrl,
    limits,
    status: written.status,
    reason: written.reason,
    donedata: written.donedata,
    node: table.node(setOf(written.configuration), history),
    externalQueue: written.externalQueue?.length ? [...written.externalQueue] : undefined,
    pending: mapOf(written.pending),
    invokes: mapOf(written.invokes),
    initialised: written.initialised?.length ? setOf(written.initialised) : undefined,
    counter: written.counter,
    seed: written.seed,
    interactions: written.interactions ?? NO_INTERACTIONS,
    writtenHead: undefined,
  };
  return { state, data: written.data };
}

function mapOf<T>(entries: { readonly [key: string]: T } = {}): Map<string, T> | undefined {
  const map = new Map(Object.entries(entries));
  return map.size > 0 ? map : undefined;
}
