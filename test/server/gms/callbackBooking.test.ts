import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Answers `start`, then waits. */
const PATIENT = orsDocument(
  `<state id="awaitingStart"><transition event="start" target="waiting">
    <ws:response requestid="_event.sendid"><param name="_text" expr="'wait'"/></ws:response>
  </transition></state>
  <state id="waiting"><transition event="cancel" target="gone"/></state><final id="gone"/>`,
  'initial="awaitingStart"',
);
const ROOT = '/genesys/1/service/callback/chat-delay';

describe('booking a callback', () => {
  let server: TestServer;

  function begin(options: Readonly<Record<string, string>> = {}, others: Config['services'] = {}): void {
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': PATIENT }),
      config: (config) => ({
        ...config,
        services: { 'chat-delay': { ...config.services['chat-delay'], ...options } as never, ...others },
      }),
    });
  }

  afterEach(() => server.orsay.close());

  function book(_desired_time: string): Promise<TestReply> {
    return server.send('POST', ROOT, { json: { _customer_number: '5115', _desired_time } });
  }

  function move(id: string, _new_desired_time: string): Promise<TestReply> {
    return server.send('PUT', `${ROOT}/${id}`, { json: { _new_desired_time } });
  }

  const idOf = (reply: TestReply): string => (reply.json as { _id: string })._id;

  describe('farther ahead than _reject_future_desired_time', () => {
    const refusal = (got: string) => ({
      message: `Expected a desired time of at most 2026-01-12T09:00:00.000Z (option _reject_future_desired_time=1w), got ${got}.`,
      exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
      code: 'CALLBACK_INVALID',
    });

    it('is refused, and so is moving a callback there', async () => {
      begin({ _reject_future_desired_time: '1w' });
      const booked = await book('2026-01-12T09:00:00.000Z');
      expect(booked.status, booked.text).to.equal(200);

      const late = '2026-01-12T09:00:00.001Z';
      for (const refused of [await book(late), await move(idOf(booked), late)]) {
        expect([refused.status, refused.json]).to.deep.equal([400, refusal(late)]);
      }
      const { json } = await server.send('GET', `${ROOT}?_customer_number=5115`);
      expect(json).to.have.length(1);
      expect((json as object[])[0]).to.include({ _desired_time: '2026-01-12T09:00:00.000Z' });
    });
  });
});
