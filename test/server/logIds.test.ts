import { Writable } from 'node:stream';
import { expect } from 'chai';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { createLogger } from '../../server/adapters/logger.ts';
import { compose } from '../../server/process/compose.ts';
import { initialConfig } from '../../server/process/config.ts';
import type { RelateIds } from '../../server/process/relatedIds.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { asId } from '../support/ids.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';
import { createTestIds } from '../support/testIds.ts';

type Line = Readonly<Record<string, unknown>>;

describe('the log of a walk', () => {
  it('has the ids of service, session, interaction and virtual call on every line, as soon as they exist', async () => {
    const lines: Line[] = [];
    const output = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as Line);
        done();
      },
    });
    let relateIds: RelateIds = () => ({});
    const orsay = compose({
      config: initialConfig(),
      store: new MemoryStore(),
      clock: createSimulatedClock(),
      ids: createTestIds(),
      log: createLogger('debug', { more: (fields) => relateIds(fields), output }),
    });
    relateIds = orsay.relateIds;
    const { url } = await orsay.listen(0, '127.0.0.1');
    try {
      const customer = new SimulatedCustomer(url, 'jbond');
      const agent = new SimulatedAgent(url, 'KSippola');
      await agent.put('ready', {});
      const before = lines.length;
      await customer.create('chat-delay', { _customer_number: '4082652649' });
      await orsay.durable.idle();
      const { sessionId } = orsay.services.get(asId(customer.serviceId))!;
      const connId = orsay.routing.ofSession(sessionId!)[0]!.connId;
      await customer.request('connect');
      const created = lines.slice(before);
      expect(idsMissing(created, { serviceId: customer.serviceId, sessionId })).to.deep.equal([]);
      const placed = created.slice(created.findIndex((line) => line.connId !== undefined));
      expect(idsMissing(placed, { connId })).to.deep.equal([]);

      const { chatSessionId } = (await customer.request('ixn/chat', {
        firstName: 'James',
        subject: 'None',
      })) as { chatSessionId: string };
      await orsay.durable.idle();
      const opened = lines.length;
      await agent.post(chatSessionId, 'accept');
      await agent.post(chatSessionId, 'message', { text: 'hello' });
      await customer.request('ixn/chat/refresh');
      await orsay.durable.idle();
      expect(
        idsMissing(lines.slice(opened), {
          serviceId: customer.serviceId,
          sessionId,
          interactionId: chatSessionId,
        }),
      ).to.deep.equal([]);
      expect(lines.filter(({ level }) => Number(level) >= 50)).to.deep.equal([]);
    } finally {
      await orsay.close();
    }
  });

  it('writes a line even if the ids cannot be read', () => {
    const written: string[] = [];
    const output = new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });
    const log = createLogger('info', {
      more: () => {
        throw new Error('The store is away.');
      },
      output,
    });
    log.error({ sessionId: 'S' }, 'Something failed.');
    expect(JSON.parse(written[0]!)).to.include({ sessionId: 'S', msg: 'Something failed.' });
  });
});

/** The lines that lack one of the ids, or have another; documents are nobody's. */
function idsMissing(
  lines: readonly Line[],
  ids: Readonly<Record<string, string | undefined>>,
): readonly Line[] {
  expect(lines).to.not.have.length(0);
  const some = lines.filter(({ path }) => !String(path).startsWith('/genesys/1/document/'));
  return some.filter((line) => Object.entries(ids).some(([name, id]) => line[name] !== id));
}
