import { type Batch, joinBatches } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { migrateStore } from '../../../engine/durable/migrateStore.ts';
import { decodeRecord, encodeRecord, textOf } from '../../../engine/durable/recordCodec.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import { indexBatch } from '../../../engine/host/sessionIndex.ts';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import { timerTask } from '../../../engine/host/sessionTasks.ts';
import { parseSnapshot } from '../../../engine/interpreter/snapshot/snapshot.ts';
import { systemClock } from '../../../engine/ports/systemClock.ts';
import { systemIds } from '../../../engine/ports/systemIds.ts';
import { STORE_MIGRATIONS } from '../../../server/process/runServer.ts';
import { asId } from '../ids.ts';
import { silentLog } from '../silentLog.ts';
import { PUBLIC_URL } from './orsayProcess.ts';

const SESSIONS_IN_ONE_COMMIT = 500;
const TEMPLATE = 'TEMPLATEOFALLTHEWAITINGSESSIONS0';

/** A document that waits for its timer, which fetches from `recorder` once, and for requests. */
export function waitingDocument(recorderUrl: string): string {
  return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"
  xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel><data id="customer" expr="({ number: '4082652649', name: 'James Bond', reasons: ['billing', 'gadget'] })"/><data id="fired" expr="0"/></datamodel>
  <state id="waiting">
    <onentry><send event="due" delay="1h"/></onentry>
    <transition event="due">
      <assign location="fired" expr="fired + 1"/>
      <session:fetch srcexpr="'${recorderUrl}/fetch?k=' + _sessionid" method="'get'"/>
    </transition>
    <transition event="ask"><ws:response requestid="_event.sendid"><param name="fired" expr="fired"/></ws:response></transition>
  </state>
</scxml>`;
}

/**
 * Fills the store of a data directory with waiting sessions, through the real Durable. The engine runs one
 * session; the others are copies of its records. `dueAt` gives the due time of the timer of session number n.
 */
export async function fillStore(given: {
  readonly path: string;
  readonly count: number;
  readonly text: string;
  readonly dueAt: (number: number) => number;
}): Promise<readonly string[]> {
  const store = openLmdbStore({ path: given.path });
  await migrateStore(store, { log: silentLog, migrations: STORE_MIGRATIONS });
  const durable = new DurableStore({ store, clock: systemClock, log: silentLog });
  const sessions = new SessionHost({
    durable,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    engine: ownEngine,
    baseUrl: () => PUBLIC_URL,
    fetchText: async () => given.text,
    http: () => Promise.reject(new Error('no request is expected')),
  });
  await sessions.start({ id: asId(TEMPLATE), src: `${PUBLIC_URL}/waiting.scxml` });
  const record = durable.get<SessionRecord>('session', TEMPLATE)!;
  const snapshot = durable.text('session', TEMPLATE)!;
  const { pending } = parseSnapshot(snapshot, TEMPLATE) as unknown as { pending: object };
  const [timer] = Object.keys(pending);
  const stored = encodeRecord(record, undefined, snapshot);
  const ids = Array.from({ length: given.count }, (_, number) => `W${String(number).padStart(31, '0')}`);
  for (let from = 0; from < ids.length; from += SESSIONS_IN_ONE_COMMIT) {
    const batches = ids.slice(from, from + SESSIONS_IN_ONE_COMMIT).map((id, index): Batch => {
      const copy = stored.replaceAll(TEMPLATE, id);
      const { value } = decodeRecord<SessionRecord>(copy);
      return joinBatches(indexBatch(value), {
        put: [{ table: 'session', key: id, value, text: textOf(copy)! }],
        schedule: [timerTask(asId(id), timer!, given.dueAt(from + index))],
      });
    });
    await durable.commit(joinBatches(...batches));
  }
  await sessions.terminate(asId(TEMPLATE), 'it was the template');
  await durable.stop();
  return ids;
}
