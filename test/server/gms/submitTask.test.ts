import { expect } from 'chai';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import { asId } from '../../support/ids.ts';
import { withoutSense } from '../../support/keptSnapshots.ts';
import { createTestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const PATIENT = orsDocument(
  `<state id="awaitingStart"><transition event="start" target="waiting">
    <ws:response requestid="_event.sendid"><param name="msg" expr="'hello'"/></ws:response>
  </transition></state>
  <state id="waiting"/>`,
  'initial="awaitingStart"',
);

describe('the check, after a minute, whether the session of a service started', () => {
  it('finds a session that has left memory, without loading it', async () => {
    const server = createTestServer({
      config: (config) => ({
        ...config,
        server: { ...config.server, maxLiveSessions: 1 },
        services: { patient: { _type: 'ors', _service: 'patient' } },
      }),
      documents: writeDocuments({ 'patient/patient.scxml': PATIENT }),
    });
    const { durable, services } = server.orsay;
    const ids: string[] = [];
    for (let count = 0; count < 2; count++) {
      const { json } = await server.send('POST', '/genesys/1/service/patient');
      ids.push((json as { id?: string; _id?: string })._id!);
    }
    const sessionId = services.get(asId(ids[0]!))!.sessionId!;
    const record = durable.get<SessionRecord>('session', sessionId)!;
    expect(record.configuration).to.deep.equal(['waiting']);
    // Whoever brought it back would find that it cannot be restored, and set it aside.
    const broken = withoutSense(durable, sessionId);
    await durable.commit({ put: [broken] });

    const waiting = () => [...durable.scan('_task')].length;
    const before = waiting();
    await server.advance(61_000);

    expect(waiting(), 'both looks were taken').to.equal(before - 2);
    expect(durable.get('session', sessionId)).to.deep.equal(record);
    expect(durable.text('session', sessionId)).to.equal(broken.text);
    expect(ids.map((id) => services.get(asId(id))!.state)).to.deep.equal(['QUEUED', 'QUEUED']);
    expect(server.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    await server.orsay.close();
  });
});
