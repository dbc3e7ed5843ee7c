import type { Json } from '../../ports/index.ts';
import type { ConfigurationTable } from '../algorithm/configurationTable.ts';
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

/** Version of the shape of snapshots. Snapshots of earlier versions are migrated when they are read. */
export const SNAPSHOT_VERSION = 6;

/**
 * The shape of a snapshot: a session between two steps, when its internal queue is empty and no invoke waits
 * to start. States are written by id, so that a person can read it. Optional members are absent when they are
 * empty.
 */
interface Written {
  readonly version: number;
  readonly documentHash: string;
  readonly sessionId: string;
  readonly parent?: NonNullable<StartOptions['parent']>;
  readonly baseUrl: string;
  readonly configuration: readonly string[];
  readonly history?: { readonly [id: string]: readonly string[] };
  readonly status: ExecutionStatus;
  readonly counter: number;
  readonly seed: number;
  readonly reason?: string;
  readonly donedata?: Json;
  readonly externalQueue?: readonly ScxmlEvent[];
  readonly pending?: { readonly [key: string]: PendingSend };
  readonly invokes?: { readonly [invokedId: string]: RunningInvoke };
  readonly initialised?: readonly string[];
  readonly interactions?: InteractionViews;
  /** The data of the session, as the data model writes them. */
  readonly data: string;
}

export function writeSnapshot(
  { hash, states }: Document,
  state: ExecutionState,
  data: string,
): ExecutionSnapshot {
  const { configuration, externalQueue, pending, invokes, initialised, interactions } = state;
  const idsOf = (indexes: Iterable<number>): string[] => Array.from(indexes, (index) => states[index]!.id);
  const history = [...configuration.history].map(([index, value]) => [states[index]!.id, idsOf(value)]);
  // Undefined members are absent in the JSON.
  const written: { readonly [K in keyof Written]: Written[K] | undefined } = {
    version: SNAPSHOT_VERSION,
    documentHash: hash,
    sessionId: state.sessionId,
    parent: state.parent,
    baseUrl: state.baseUrl,
    configuration: configuration.ids,
    history: history.length > 0 ? Object.fromEntries(history) : undefined,
    status: state.status,
    counter: state.counter,
    seed: state.seed,
    reason: state.reason,
    donedata: state.donedata,
    externalQueue: externalQueue && [...externalQueue],
    pending: pending?.size ? Object.fromEntries(pending) : undefined,
    invokes: invokes?.size ? Object.fromEntries(invokes) : undefined,
    initialised: initialised && idsOf(initialised),
    interactions: interactions === NO_INTERACTIONS ? undefined : interactions,
    data,
  };
  return written as unknown as ExecutionSnapshot;
}

/**
 * The text of a snapshot, of any version: the JSON of all but the data, a line end, and the text of the data.
 * The data, which are most of it, are not escaped a second time.
 */
export function snapshotText({ data, ...state }: ExecutionSnapshot): string {
  return typeof data === 'string' ? `${JSON.stringify(state)}\n${data}` : JSON.stringify(state);
}

/** The snapshot of a session from its text. Throws when it is not one, or is one of another session. */
export function parseSnapshot(text: string, sessionId: string): ExecutionSnapshot {
  const end = text.indexOf('\n');
  const state = parseWithoutProto(end < 0 ? text : text.slice(0, end));
  const snapshot = end < 0 ? state : { ...(state as object), data: text.slice(end + 1) };
  if (typeof snapshot !== 'object' || snapshot === null) {
    throw new Error('Expected a snapshot to be an object.');
  }
  const found = (snapshot as ExecutionSnapshot).sessionId;
  if (found === sessionId) return snapshot as ExecutionSnapshot;
  throw new Error(`Expected a snapshot of session ${sessionId}, got one of ${String(found)}.`);
}

/**
 * The state in a snapshot, and the text of its data. Throws when it belongs to another document or version.
 */
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
  const setOf = (ids: readonly string[]): StateSet =>
    StateSet.of(document.states.length, indexesOf(document, ids));
  const history = new Map(
    Object.entries(written.history ?? {}).map(([id, ids]) => [
      indexOf(document, id),
      indexesOf(document, ids),
    ]),
  );
  const state: ExecutionState = {
    sessionId: written.sessionId,
    parent: written.parent,
    baseUrl: written.baseUrl,
    limits,
    status: written.status,
    reason: written.reason,
    donedata: written.donedata,
    configuration: table.configuration({ states: setOf(written.configuration), history }),
    externalQueue: written.externalQueue?.length ? [...written.externalQueue] : undefined,
    pending: mapOf(written.pending),
    invokes: mapOf(written.invokes),
    initialised: written.initialised?.length ? setOf(written.initialised) : undefined,
    counter: written.counter,
    seed: written.seed,
    interactions: written.interactions ?? NO_INTERACTIONS,
  };
  return { state, data: written.data };
}

/** The session of a snapshot, and its delayed events by key. */
export function pendingSends(snapshot: ExecutionSnapshot): {
  readonly session: string;
  readonly pending: NonNullable<Written['pending']>;
} {
  const { sessionId, pending = {} } = migrateSnapshot(snapshot, SNAPSHOT_VERSION) as unknown as Written;
  return { session: sessionId, pending };
}

function indexesOf(document: Document, ids: readonly string[]): number[] {
  return ids.map((id) => indexOf(document, id));
}

function indexOf({ stateById }: Document, id: string): number {
  const index = stateById.get(id);
  if (index !== undefined) return index;
  throw new Error(`The snapshot names the state '${id}', which the document does not have.`);
}

function mapOf<T>(entries: { readonly [key: string]: T } = {}): Map<string, T> | undefined {
  const map = new Map(Object.entries(entries));
  return map.size > 0 ? map : undefined;
}
