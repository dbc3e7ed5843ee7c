import { expect } from 'chai';
import { createActor, type InspectionEvent, SimulatedClock, waitFor } from 'xstate';
import { createTestModel, getShortestPaths, getSimplePaths, toDirectedGraph } from 'xstate/graph';
import { fromScxml, parseDocument } from '../../../../engine/index.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

const DOOR = `<scxml ${XMLNS} initial="closed">
  <datamodel><data id="uses" expr="0"/><data id="owner" expr="'nobody'"/></datamodel>
  <state id="closed">
    <transition event="open" target="open"><assign location="uses" expr="uses + 1"/></transition>
    <transition event="lock" cond="uses &gt; 0" target="locked"/>
  </state>
  <state id="open">
    <onentry><send event="slam" delay="30s" id="slam"/></onentry>
    <onexit><cancel sendid="slam"/></onexit>
    <transition event="close slam" target="closed"/>
  </state>
  <final id="locked"><donedata><param name="uses" expr="uses"/><param name="owner" expr="owner"/></donedata></final>
</scxml>`;

async function doorActor(options: Parameters<typeof createActor>[1] = {}) {
  const clock = new SimulatedClock();
  const logic = fromScxml(await parseDocument(DOOR), { clock });
  return { clock, logic, actor: createActor(logic, { id: 'door', clock, ...options } as never) };
}

describe('fromScxml', () => {
  it('runs as an actor: configuration, data, status and output', async () => {
    const { actor } = await doorActor({ input: { owner: 'James' } } as never);
    const seen: unknown[] = [];
    actor.subscribe({
      next: ({ status, value }) => void seen.push([status, value]),
      complete: () => void seen.push('complete'),
    });
    actor.start();
    expect(actor.getSnapshot().context).to.deep.equal({ uses: 0, owner: 'James' });
    actor.send({ type: 'open' });
    expect(actor.getSnapshot().matches('open')).to.equal(true);
    actor.send({ type: 'close' });
    actor.send({ type: 'lock' });
    expect(actor.getSnapshot()).to.include({ status: 'done' });
    expect(actor.getSnapshot().output).to.deep.equal({ uses: 1, owner: 'James' });
    expect(seen).to.deep.equal([
      ['active', ['closed']],
      ['active', ['open']],
      ['active', ['closed']],
      ['done', ['locked']],
      'complete',
    ]);
  });

  it('lets delays pass by the clock of the actor system, and cancels them', async () => {
    const { actor, clock } = await doorActor();
    actor.start();
    actor.send({ type: 'open' });
    clock.increment(29_999);
    expect(actor.getSnapshot().configuration).to.deep.equal(['open']);
    clock.increment(1);
    expect(actor.getSnapshot().configuration).to.deep.equal(['closed']);
    actor.send({ type: 'open' });
    actor.send({ type: 'close' });
    actor.send({ type: 'open' });
    clock.increment(29_999);
    expect(actor.getSnapshot().configuration).to.deep.equal(['open']);
  });

  it('can be inspected like every actor', async () => {
    const seen: InspectionEvent[] = [];
    const { actor } = await doorActor({ inspect: (event: InspectionEvent) => void seen.push(event) });
    actor.start();
    actor.send({ type: 'open', data: { by: 'James' } });
    const told = seen
      .filter(({ actorRef }) => actorRef === actor)
      .map((event) =>
        event.type === '@xstate.event' || event.type === '@xstate.snapshot'
          ? `${event.type} ${event.event.type}`
          : event.type,
      );
    expect(told).to.deep.equal([
      '@xstate.actor',
      '@xstate.event xstate.init',
      '@xstate.snapshot xstate.init',
      '@xstate.event open',
      '@xstate.snapshot open',
    ]);
  });

  it('continues from a persisted snapshot, as JSON, with its timers', async () => {
    const first = await doorActor();
    first.actor.start();
    first.actor.send({ type: 'open' });
    first.clock.increment(10_000);
    const text = JSON.stringify(first.actor.getPersistedSnapshot());
    first.actor.stop();

    const clock = new SimulatedClock();
    clock.set(10_000);
    const logic = fromScxml(await parseDocument(DOOR), { clock });
    const actor = createActor(logic, { id: 'door', clock, snapshot: JSON.parse(text) }).start();
    expect(actor.getSnapshot().toJSON()).to.deep.equal({
      status: 'active',
      configuration: ['open'],
      context: { uses: 1, owner: 'nobody' },
    });
    clock.increment(19_999);
    expect(actor.getSnapshot().configuration).to.deep.equal(['open']);
    clock.increment(1);
    expect(actor.getSnapshot().configuration).to.deep.equal(['closed']);
    actor.send({ type: 'lock' });
    const ended = createActor(logic, {
      id: 'door',
      clock,
      snapshot: JSON.parse(JSON.stringify(actor.getPersistedSnapshot())),
    });
    expect(ended.getSnapshot().output).to.deep.equal({ uses: 1, owner: 'nobody' });
  });

  it('generates paths: transitions are pure', async () => {
    const { logic } = await doorActor();
    const events = ['open', 'close', 'lock'].map((type) => ({ type }));
    const options = {
      events,
      serializeState: (snapshot: { configuration: readonly string[]; context: unknown }) =>
        `${snapshot.configuration} ${Math.min((snapshot.context as { uses: number }).uses, 1)}`,
      input: undefined,
    };
    const paths = getShortestPaths(logic, options as never);
    const described = paths.map(({ state, steps }) => [
      state.configuration.join(),
      steps
        .map(({ event }) => event.type)
        .filter((type) => type !== 'xstate.init')
        .join(),
    ]);
    expect(described).to.deep.equal([
      ['closed', ''],
      ['open', 'open'],
      ['closed', 'open,close'],
      ['locked', 'open,close,lock'],
    ]);
    const locked = getSimplePaths(logic, {
      ...options,
      toState: (state: { status: string }) => state.status === 'done',
    } as never);
    expect(locked.map(({ steps }) => steps.map(({ event }) => event.type).slice(1))).to.deep.equal([
      ['open', 'close', 'lock'],
    ]);
  });

  it('compares states by their visible parts, when no data count up', async () => {
    const logic = fromScxml(
      await parseDocument(`<scxml ${XMLNS} initial="a">
        <state id="a"><transition event="go" target="b"/></state>
        <state id="b"><transition event="back" target="a"/></state>
      </scxml>`),
    );
    const paths = getShortestPaths(logic, { events: [{ type: 'go' }, { type: 'back' }] } as never);
    expect(paths.map(({ state }) => state.configuration)).to.deep.equal([['a'], ['b']]);
  });

  it('fails as an actor when the session fails, and stops with onexit run', async () => {
    const endless = fromScxml(
      await parseDocument(`<scxml ${XMLNS} initial="a">
        <state id="a"><transition event="go" target="b"/></state>
        <state id="b"><transition target="c"/></state><state id="c"><transition target="b"/></state>
      </scxml>`),
    );
    const actor = createActor(endless);
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => void errors.push(error) });
    actor.start();
    actor.send({ type: 'go' });
    expect(actor.getSnapshot().status).to.equal('error');
    expect(String(errors[0])).to.contain('MAX_MICROSTEPS_PER_MACROSTEP');

    const lines: unknown[] = [];
    const leaving = fromScxml(
      await parseDocument(
        `<scxml ${XMLNS}><state id="a"><onexit><log expr="'left'"/></onexit></state></scxml>`,
      ),
    );
    const stopped = createActor(leaving, { logger: (line) => void lines.push(line) }).start();
    stopped.stop();
    expect(stopped.getSnapshot().status).to.equal('stopped');
    expect(lines).to.deep.equal(['left']);
  });

  it('invokes sessions as actors, which persist with it', async () => {
    const text = `<scxml ${XMLNS} initial="a">
      <state id="a">
        <invoke id="child"><param name="n" expr="2"/><content>
          <scxml ${XMLNS} initial="wait">
            <datamodel><data id="n"/></datamodel>
            <state id="wait">
              <onentry><send target="#_parent" event="ready"/></onentry>
              <transition event="add"><assign location="n" expr="n + 1"/></transition>
              <transition event="end" target="end"/>
            </state>
            <final id="end"><donedata><param name="n" expr="n"/></donedata></final>
          </scxml>
        </content></invoke>
        <transition event="ready"><log expr="'ready of ' + _event.invokeid"/></transition>
        <transition event="add"><send target="#_child" event="add"/></transition>
        <transition event="end"><send target="#_child" event="end"/></transition>
        <transition event="done.invoke.child" target="b"/>
      </state>
      <final id="b"><donedata><param name="n" expr="_event.data.n"/></donedata></final>
    </scxml>`;
    const logic = fromScxml(await parseDocument(text));
    const lines: unknown[] = [];
    let isReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      isReady = resolve;
    });
    const logger = (line: unknown): void => {
      lines.push(line);
      isReady();
    };
    const actor = createActor(logic, { id: 'p', logger }).start();
    // Waits until the document of the invoked session is read.
    actor.send({ type: 'add' });
    await ready;
    expect(lines).to.deep.equal(['ready of child']);
    const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    actor.stop();

    // Earlier releases gave the invoked sessions another name.
    const { invoked, ...others } = persisted;
    for (const snapshot of [persisted, { ...others, children: invoked }]) {
      const again = createActor(logic, { id: 'p', snapshot }).start();
      again.send({ type: 'add' });
      again.send({ type: 'end' });
      const { output } = await waitFor(again, ({ status }) => status === 'done');
      expect(output).to.deep.equal({ n: 4 });
    }
  });

  it('reaches other actors by their systemId, and sends the error event of a missing one', async () => {
    const logic = fromScxml(
      await parseDocument(`<scxml ${XMLNS} initial="a">
        <state id="a">
          <transition event="go"><send target="#_scxml_nobody" event="x"/></transition>
          <transition event="error.communication" target="b"/>
        </state>
        <state id="b"/>
      </scxml>`),
    );
    const actor = createActor(logic).start();
    actor.send({ type: 'go' });
    expect(actor.getSnapshot().configuration).to.deep.equal(['b']);
  });

  /** Where code of the application throws. */
  const FAULTS: readonly (readonly [what: string, document: string, event: string | undefined])[] = [
    [
      'the logger throws in a transition',
      '<transition event="go" target="b"><log expr="1"/></transition>',
      'go',
    ],
    ['the logger throws at the start', '<onentry><log expr="1"/></onentry>', undefined],
    [
      'perform throws in a transition',
      '<transition event="go" target="b"><send type="http://x.test" target="http://x.test" event="e"/></transition>',
      'go',
    ],
    [
      'perform throws at the start',
      '<onentry><send type="http://x.test" target="http://x.test" event="e"/></onentry>',
      undefined,
    ],
  ];
  for (const [what, inside, event] of FAULTS) {
    it(`has the fault as its error, and keeps the session, when ${what}`, async () => {
      const fail = (): never => {
        throw new Error('a fault of the application');
      };
      const text = `<scxml ${XMLNS} initial="a"><datamodel><data id="n" expr="7"/></datamodel><state id="a">${inside}</state><state id="b"/></scxml>`;
      const logic = fromScxml(
        await parseDocument(
          text.replace(
            'type="http://x.test" target',
            'type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor" target',
          ),
        ),
        { perform: fail },
      );
      const actor = createActor(logic, { logger: fail });
      const errors: unknown[] = [];
      actor.subscribe({ error: (error) => void errors.push(String(error)) });
      actor.start();
      if (event !== undefined) actor.send({ type: event });
      expect(errors).to.deep.equal(['Error: a fault of the application']);
      const state = event === undefined ? 'a' : 'b';
      const snapshot = actor.getSnapshot();
      expect([snapshot.status, snapshot.matches(state)]).to.deep.equal(['error', true]);
      expect(snapshot.toJSON()).to.deep.equal({
        status: 'error',
        configuration: [state],
        context: { n: 7 },
        error: 'a fault of the application',
      });

      const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      const restored = createActor(logic, { snapshot: persisted });
      expect(restored.getSnapshot().toJSON()).to.deep.equal(snapshot.toJSON());
      const goesOn = createActor(logic, { snapshot: { ...persisted, status: 'active' } }).start();
      expect([goesOn.getSnapshot().status, goesOn.getSnapshot().value]).to.deep.equal(['active', [state]]);
    });
  }

  it('keeps its invoked sessions when it is saved before it starts, new or restored', async () => {
    const child = `<scxml ${XMLNS}><state id="s"><onentry><send target="#_parent" event="ready"/></onentry></state></scxml>`;
    const logic = fromScxml(
      await parseDocument(
        `<scxml ${XMLNS}><state id="a"><invoke id="c"><content>${child}</content></invoke><transition event="ready" target="b"/></state><final id="b"/></scxml>`,
      ),
    );
    const savedOf = (actor: { getPersistedSnapshot(): unknown }) =>
      JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    const first = savedOf(createActor(logic, { id: 'p' }));
    const again = savedOf(createActor(logic, { id: 'p', snapshot: first }));
    expect(again).to.deep.equal(first);
    expect(again.invoked).to.have.length(1);
    const actor = createActor(logic, { id: 'p', snapshot: again }).start();
    const { configuration } = await waitFor(actor, ({ status }) => status === 'done');
    expect(configuration).to.deep.equal(['b']);
  });

  it('is a model for createTestModel, and its states are a directed graph', async () => {
    const { logic } = await doorActor();
    const model = createTestModel(
      logic as never,
      { serializeState: (state: { value: unknown }) => JSON.stringify(state.value) } as never,
    );
    const visited: string[] = [];
    const paths = model.getShortestPaths();
    for (const path of paths) {
      await path.test({
        states: {
          closed: () => void visited.push('closed'),
          open: () => void visited.push('open'),
          locked: () => void visited.push('locked'),
        },
        events: { open: () => void visited.push('-open-'), close: () => void visited.push('-close-') },
      } as never);
    }
    expect(paths).to.have.length.greaterThan(0);
    expect(visited).to.include.members(['closed', 'open', '-open-']);

    for (const given of [logic, logic.root]) {
      const graph = toDirectedGraph(given as never);
      expect(graph.children.map(({ id }) => id)).to.deep.equal(['closed', 'open', 'locked']);
      const edges = graph.children.flatMap((each) =>
        each.edges.map(({ source, target, label }) => `${source.id} ${label.text} ${target.id}`),
      );
      expect(edges).to.deep.equal([
        'closed open open',
        'closed lock locked',
        'open close closed',
        'open slam closed',
      ]);
    }
  });
});
