import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { participantsOf } from '../../../strategies/chat/chatRecord.ts';
import { Chats } from '../../../strategies/chat/chats.ts';
import type { AgentId, InteractionId } from '../../../strategies/ids/index.ts';
import { agentsOf, readInteraction } from '../../../strategies/interaction/interactionRecord.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { type ContactCentre, openContactCentre } from '../../support/contactCentre.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createTestIds } from '../../support/testIds.ts';

const AGENTS = ['kate', 'liz', 'max'].map((name) => asId<AgentId>(name));
const SUPERVISORS = ['sue', 'tom'].map((name) => asId<AgentId>(name));
const CHATS = 4;

const agent = fc.nat(AGENTS.length - 1);
const chat = fc.nat(CHATS - 1);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant('offer' as const), chat, agent }) },
  { weight: 8, arbitrary: fc.record({ act: fc.constant('accept' as const), chat, agent }) },
  fc.record({ act: fc.constant('reject' as const), chat, agent }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('leave' as const), chat, agent }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('transfer' as const), chat, agent }) },
  fc.record({ act: fc.constant('queue' as const), chat, agent }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('conference' as const), chat, agent }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('consult' as const), chat, agent }) },
  fc.record({ act: fc.constant('remove' as const), chat, agent }),
  fc.record({ act: fc.constant('supervise' as const), chat, agent }),
  fc.record({ act: fc.constant('customer' as const), chat, agent }),
  fc.record({ act: fc.constant('logout' as const), chat, agent }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('login' as const), chat, agent }) },
  fc.record({ act: fc.constant('wait' as const), chat, agent }),
  fc.record({ act: fc.constant('crash' as const), chat, agent }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A contact centre whose process is killed and started again over the same store. */
class World {
  readonly #memory = new MemoryStore();
  readonly #ids = createTestIds();
  readonly #afterWorkMs: number;
  #store!: BrittleStore;
  #chats!: Chats;
  centre!: ContactCentre;
  ids: InteractionId[] = [];

  constructor(afterWorkMs: number) {
    this.#afterWorkMs = afterWorkMs;
  }

  open(): void {
    this.#store = createBrittleStore(this.#memory);
    const settings = { timeMs: this.#afterWorkMs, needsDisposition: false, dispositions: [] };
    this.centre = openContactCentre({
      store: this.#store,
      ids: this.#ids,
      afterWork: () => settings,
      ...(this.centre === undefined ? {} : { clock: this.centre.clock }),
    });
    const { interactions, notices, durable, clock } = this.centre;
    const isListening = () => false;
    this.#chats = new Chats({
      interactions,
      notices,
      durable,
      clock,
      ids: this.#ids,
      log: silentLog,
      isListening,
    });
  }

  async begin(): Promise<void> {
    this.open();
    for (const [at, agentId] of AGENTS.entries()) {
      await this.centre.interactions.setAgent(agentId, { state: 'ready', capacity: at + 2 });
    }
    for (let n = 0; n < CHATS; n++) {
      const { id } = await this.#chats.create({
        serviceId: asId(`369-${n}`),
        nickname: 'Bob',
        subject: '',
        userData: {},
        clientTimeoutMs: 0,
        queue: 'inbound',
      });
      this.ids.push(id);
    }
    await this.centre.settle();
  }

  async do({ act, chat: at, agent: who }: Step): Promise<void> {
    const { interactions, sessions, durable } = this.centre;
    const { conferences, supervision } = interactions;
    const id = this.ids[at]!;
    const agentId = AGENTS[who]!;
    const found = readInteraction(durable, id)!;
    // Mostly the agent who may act: others are refused.
    const asked = found.invitations?.[0]?.agentId ?? found.agentId ?? agentId;
    const owner = { id, agentId: found.agentId ?? agentId };
    switch (act) {
      case 'offer': {
        const sessionId = interactions.get(id)?.sessionId;
        if (sessionId === undefined) return;
        const attributes = { interactionid: id, to: { agent: agentId } };
        await sessions.perform('interaction.redirect', { sessionId, attributes });
        return;
      }
      case 'accept':
        await interactions.accept(id, asked);
        return;
      case 'reject':
        return interactions.reject(id, asked);
      case 'leave':
        return interactions.leave(id, agentId);
      case 'transfer':
        return conferences.transfer(owner, { kind: 'agent', agentId }, 'note');
      case 'queue':
        return conferences.transfer(owner, { kind: 'queue', queue: 'sales' });
      case 'conference':
        return conferences.invite(owner, { agentId, kind: 'conference' });
      case 'consult':
        return conferences.invite(owner, { agentId, kind: 'consult' });
      case 'remove':
        return conferences.remove(owner, agentId);
      case 'supervise': {
        const supervisor = { id, agentId: SUPERVISORS[who % 2]! };
        return supervision.enter(supervisor, (['VIP', 'INT', 'ALL'] as const)[who]!);
      }
      case 'customer':
        await this.#chats.disconnect(id);
        return;
      case 'logout':
        await interactions.setAgent(agentId, { state: 'loggedOut' });
        return;
      case 'login':
        await interactions.setAgent(agentId, { state: 'ready' });
        return;
      case 'wait':
        return this.centre.advance(31_000);
      case 'crash':
        this.#store.kill();
        durable.stop().catch(() => {});
        this.open();
        return;
    }
  }

  /** Throws when an agent has too much, or an interaction is lost. */
  check(): void {
    const { agents, durable, interactions } = this.centre;
    const live = this.ids.map((id) => readInteraction(durable, id)!);
    for (const one of live) {
      const { id, state, agentId, partners = [], invitations = [] } = one;
      const all = [agentId, ...[...partners, ...invitations].map((party) => party.agentId)];
      const present = all.filter((party) => party !== undefined);
      expect(new Set(present).size, `each has one part in ${id}`).to.equal(present.length);
      if (state === 'queued') expect(one.sessionId, 'a session decides').to.not.equal(undefined);
      if (state === 'queued') expect(present).to.deep.equal([]);
      if (state === 'offered') expect(present).to.have.length(1);
      if (state === 'active') expect(agents.record(agentId!)!.state).to.not.equal('loggedOut');
      if (state === 'ended') expect([...partners, ...invitations]).to.deep.equal([]);
      this.#checkChat(one);
    }
    for (const agentId of AGENTS) {
      const record = agents.record(agentId)!;
      const mine = live.filter((one) => one.state !== 'ended' && agentsOf(one).includes(agentId));
      const wrapups = live.filter(({ id }) => interactions.afterWork.until(agentId, id) !== undefined);
      const slots = agents.slots(agentId).map(({ holder }) => holder);
      const expected = [...mine, ...wrapups].map(({ id }) => id).sort();
      expect(slots.sort(), `slots of ${agentId}`).to.deep.equal(expected);
      expect(slots.length, `slots of ${agentId}`).to.be.at.most(record.capacity);
      if (record.state === 'loggedOut') expect(slots).to.deep.equal([]);
      const listed = interactions.byAgent(agentId).filter(({ state }) => state !== 'ended');
      expect(listed.map(({ id }) => id).sort()).to.deep.equal(mine.map(({ id }) => id).sort());
    }
  }

  /** The chat has those who take part in the interaction. */
  #checkChat({ id, state, agentId, partners = [] }: NonNullable<ReturnType<typeof readInteraction>>): void {
    const there = participantsOf(this.#chats.get(id)!)
      .filter((party) => party.agentId !== undefined && party.isPresent)
      .map((party) => `${party.agentId} ${party.visibility}`);
    const owner = state === 'active' ? [`${agentId} ALL`] : [];
    const others = partners.map((one) => `${one.agentId} ${one.visibility}`);
    expect(there.sort(), `the parties of chat ${id}`).to.deep.equal([...owner, ...others].sort());
  }
}

describe('random requests of agents, supervisors and customers', () => {
  it('overload no agent and lose no interaction, also when the server is killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60 }),
        fc.constantFrom(0, 20_000),
        async (steps, afterWorkMs) => {
          const world = new World(afterWorkMs);
          await world.begin();
          for (const one of steps) {
            // Most requests do not fit the present state, and are refused.
            await world.do(one).catch((error: { code?: string }) => {
              if (error.code === undefined) throw error;
            });
            await world.centre.settle();
            world.check();
          }
        },
      ),
      { numRuns: 40, ...fuzzSeed() },
    );
  }).timeout(120_000);
});
