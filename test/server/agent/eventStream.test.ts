import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { enterQueue, IXN, redirect } from '../../support/contactCentre.ts';
import { EventReader, type StreamedEvent } from '../../support/eventReader.ts';
import { asId } from '../../support/ids.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const EVENTS = '/agent/1/agents/kate/events';
const kinds = (events: readonly StreamedEvent[]): unknown[] =>
  events.map(({ event, data }) => data.state ?? event);

describe('the event stream of a desktop', () => {
  let server: AgentServer;
  const store = new MemoryStore();
  const clock = createSimulatedClock();
  const ids = createTestIds();
  const open = () => openAgentServer({ store, clock, ids });
  const set = (state: string) => server.call('PUT', '/agent/1/agents/kate', { state });

  /** The id of the last event of a desktop that read all and lost its stream. */
  async function lostStream(): Promise<string> {
    const reader = await EventReader.open(`${server.url}${EVENTS}`);
    const [first] = await reader.next(1);
    await reader.cancel();
    return first!.id!;
  }

  beforeEach(async () => {
    server = await open();
    await set('ready');
  });
  afterEach(() => server.close());

  it('gives every event an id, and only the last one of the present state', async () => {
    const id = asId<never>(IXN);
    const sessionId = await enterQueue(server.centre);
    await redirect(server.centre, sessionId);
    const reader = await EventReader.open(`${server.url}${EVENTS}`);
    const present = await reader.next(2);
    expect(present.map(({ event, id: position }) => [event, position !== undefined])).to.deep.equal([
      ['state', false],
      ['offered', true],
    ]);
    await server.centre.interactions.accept(id, asId('kate'));
    await server.centre.settle();
    const [accepted] = await reader.next(1);
    expect(Number(accepted!.id)).to.be.greaterThan(Number(present[1]!.id));
    await server.centre.durable.commit(server.centre.interactions.endBatch(id, 'agent'));
    await reader.cancel();
  });

  it('goes on after the last event that the desktop names, in its header or in the query', async () => {
    const last = await lostStream();
    for (const state of ['notReady', 'ready', 'notReady']) await set(state);
    for (const [query, headers] of [
      ['', { 'last-event-id': last }],
      [`?lastEventId=${last}`, {}],
    ] as const) {
      const reader = await EventReader.open(`${server.url}${EVENTS}${query}`, headers);
      const missed = await reader.next(3);
      expect(kinds(missed)).to.deep.equal(['notReady', 'ready', 'notReady']);
      await reader.cancel();
      const again = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': missed[1]!.id! });
      expect(kinds(await again.next(1))).to.deep.equal(['notReady']);
      await set('ready');
      expect(kinds(await again.next(1))).to.deep.equal(['ready']);
      await set('notReady');
      await again.cancel();
    }
  });

  it('goes on after a restart of the server', async () => {
    const last = await lostStream();
    await set('notReady');
    await server.close();
    server = await open();
    await set('ready');
    const reader = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': last });
    expect(kinds(await reader.next(2))).to.deep.equal(['notReady', 'ready']);
    await reader.cancel();
  });

  it('begins with a marker and the present state when the events after the position are lost', async () => {
    const last = await lostStream();
    const reload = (lastEventId: string): unknown => ({ type: 'reload', lastEventId });
    await server.centre.advance(3_601_000);
    await set('ready');
    for (const id of [last, 'nonsense', '1.5', String(clock.now() + 60_000)]) {
      const reader = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': id });
      const [marker, state] = await reader.next(2);
      expect(marker).to.deep.equal({ event: 'reload', data: reload(id) });
      expect(state).to.deep.include({ event: 'state', data: { type: 'state', state: 'ready' } });
      await reader.cancel();
      const resumed = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': state!.id! });
      await set('ready');
      expect(kinds(await resumed.next(1))).to.deep.equal(['ready']);
      await resumed.cancel();
    }
  });

  it('keeps a bounded number of events', async () => {
    const last = await lostStream();
    const { agents, durable } = server.centre;
    const told = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        await durable.commit(agents.tellBatch(asId('kate'), { type: 'notice', n }));
      }
      await server.centre.settle();
    };
    await told(999);
    const reader = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': last });
    const all = await reader.next(999);
    expect(all.map(({ data }) => data.n)).to.deep.equal(Array.from({ length: 999 }, (_, n) => n));
    await reader.cancel();
    await told(1);
    const late = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': last });
    expect(kinds(await late.next(2))).to.deep.equal(['reload', 'ready']);
    await late.cancel();
    expect([...durable.scan('agentEvent')]).to.have.length(1_000);
  });

  it('ends for a desktop that reads nothing, and goes on when it comes back', async () => {
    const { agents, durable } = server.centre;
    const text = 'x'.repeat(8_000);
    const last = await lostStream();
    for (let n = 0; n < 900; n++) {
      await durable.commit(agents.tellBatch(asId('kate'), { type: 'notice', n, text }));
    }
    const slow = await fetch(`${server.url}${EVENTS}`, { headers: { 'last-event-id': last } });
    expect(slow.status).to.equal(200);
    for (let beats = 0; beats < 4; beats++) await server.centre.advance(15_000);
    const reader = await EventReader.open(`${server.url}${EVENTS}`, { 'last-event-id': last });
    const all = await reader.next(900);
    expect(all.at(-1)!.data.n).to.equal(899);
    await reader.cancel();
    await slow.body?.cancel().catch(() => {});
  });

  it('forgets the events of a customer who is removed', async () => {
    await enterQueue(server.centre);
    await redirect(server.centre, server.centre.sessions.started.at(-1)!.id);
    const { durable, interactions } = server.centre;
    const naming = () =>
      [...durable.scan('agentEvent')].filter(({ value }) => JSON.stringify(value).includes(IXN)).length;
    expect(naming()).to.be.greaterThan(0);
    await durable.commit(await interactions.forgetEventsBatch(new Set([IXN])));
    expect(naming()).to.equal(0);
  });
});
