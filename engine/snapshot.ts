import type { ConfigurationTable } from './algorithm/configurationTable.ts';
import { StateSet } from './algorithm/stateSet.ts';
import type { Document } from './document/model.ts';
import type { Json, ScxmlEvent } from './event.ts';
import type { ExecutionSnapshot, ExecutionStatus, Limits, StartOptions } from './execution.ts';
import type { ExecutionState, PendingSend, RunningInvoke } from './executionState.ts';
import { migrateSnapshot } from './migrateSnapshot.ts';
import type { InteractionViews } from './ors/genesys.ts';
import { parseWithoutProto } from './withoutProto.ts';

/** Version of the snapshot's shape; a reader of a later version migrates. */
export const SNAPSHOT_VERSION = 1;

/** The shape of a snapshot. States are written by id, so that a person can read it. */
interface Written {
  readonly version: number;
  readonly documentHash: string;
  readonly sessionId: string;
  readonly parent?: NonNullable<StartOptions['parent']>;
  readonly baseUrl: string;
  readonly status: ExecutionStatus;
  readonly reason?: string;
  readonly donedata?: Json;
  readonly configuration: readonly string[];
  readonly history: { readonly [id: string]: readonly string[] };
  readonly externalQueue: readonly ScxmlEvent[];
  readonly pending: { readonly [key: string]: PendingSend };
  readonly invokes: { readonly [id: string]: RunningInvoke };
  readonly initialised: readonly string[];
  readonly counter: number;
  readonly seed: number;
  readonly interactions: InteractionViews;
  /** Text of the data model. */
  readonly data: string;
}

/** A session between two steps, as JSON. The internal queue is empty then, and no invoke is waiting to start. */
export function writeSnapshot(document: Document, state: ExecutionState, data: string): ExecutionSnapshot {
  return { ...writeState(document, state), data } as unknown as ExecutionSnapshot;
}

/**
 * The same as text: the JSON of all but the data, a line end, the text of the data. The data are the most of it, and
 * are not written as JSON again.
 */
export function writeSnapshotText(document: Document, state: ExecutionState, data: string): string {
  return `${JSON.stringify(writeState(document, state))}\n${data}`;
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

function writeState(document: Document, state: ExecutionState): Omit<Written, 'data'> {
  const { states } = document;
  return {
    version: SNAPSHOT_VERSION,
    documentHash: document.hash,
    sessionId: state.sessionId,
    ...(state.parent && { parent: state.parent }),
    baseUrl: state.baseUrl,
    status: state.status,
    ...(state.reason !== undefined && { reason: state.reason }),
    ...(state.donedata !== undefined && { donedata: state.donedata }),
    configuration: state.node.ids,
    history: writeHistory(document, state),
    externalQueue: [...(state.externalQueue ?? [])],
    pending: Object.fromEntries(state.pending ?? []),
    invokes: Object.fromEntries(state.invokes ?? []),
    initialised: [...(state.initialised ?? [])].map((index) => states[index]!.id),
    counter: state.counter,
    seed: state.seed,
    interactions: state.interactions,
  };
}

function writeHistory({ states }: Document, { node }: ExecutionState): Written['history'] {
  if (node.history.size === 0) return {};
  return Object.fromEntries(
    [...node.history].map(([at, held]) => [states[at]!.id, held.map((index) => states[index]!.id)]),
  );
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
  const history = new Map(Object.entries(written.history).map(([id, ids]) => [index(id), ids.map(index)]));
  const state: ExecutionState = {
    sessionId: written.sessionId,
    parent: written.parent,
    baseUrl: written.baseUrl,
    limits,
    status: written.status,
    reason: written.reason,
    donedata: written.donedata,
    node: table.node(setOf(written.configuration), history),
    externalQueue: written.externalQueue.length > 0 ? [...written.externalQueue] : undefined,
    pending: mapOf(written.pending),
    invokes: mapOf(written.invokes),
    initialised: written.initialised.length > 0 ? setOf(written.initialised) : undefined,
    counter: written.counter,
    seed: written.seed,
    interactions: written.interactions,
  };
  return { state, data: written.data };
}

function mapOf<T>(entries: { readonly [key: string]: T }): Map<string, T> | undefined {
  const map = new Map(Object.entries(entries));
  return map.size > 0 ? map : undefined;
}
