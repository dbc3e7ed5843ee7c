import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const SRC = 'http://orsay.test/genesys/1/document/service_template/order/order.scxml';

const ORDER = orsDocument(
  `<datamodel><data id="count" expr="0"/><data id="long" expr="'long '.repeat(500)"/><data id="rows" expr="[]"/></datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'60s'"/></onentry>
    <transition event="add"><script>_data.count += _event.data.by;</script><send event="'own'"/></transition>
    <transition event="spin"><send event="'spin'"/></transition>
    <transition event="fill"><script>
      _data.rows = Array.from({ length: 100 }, () => _event.data.letter.repeat(1900));
    </script></transition>
    <transition event="own"><script>_data.count += 1;</script></transition>
    <transition event="late" target="late"/>
  </state>
  <state id="late"><transition event="stop" target="closed"/></state>
  <final id="closed"/>`,
  'initial="open"',
);

interface Step {
  readonly step: number;
  readonly kind: string;
  readonly name: string;
  readonly changes: readonly object[];
  readonly configuration?: readonly string[];
}
interface State {
  readonly data: { readonly count: number; readonly rows?: readonly string[] };
  readonly configuration: readonly string[];
  readonly timers: readonly { readonly key: string }[];
  readonly at: string;
  readonly status: string;
}
interface Forked {
  readonly taken: number;
  readonly steps: readonly Step[];
  readonly moreSteps?: number;
  readonly state: State;
}

for (const place of ['this process', 'engine children'] as const) {
  describe(`copies of sessions, in ${place}`, () => {
    let server: TestServer;
    let session: string;
    let path: string;

    before(async () => {
      server = createTestServer({
        config: (config) => ({
          ...config,
          engine: { ...config.engine, sandbox: place === 'this process' ? 'none' : 'all', children: 1 },
          debug: { ...config.debug, enabled: true },
          traces: { ...config.traces, documents: ['*'] },
        }),
        documents: writeDocuments({ 'order/order.scxml': ORDER }),
      });
      const started = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
      session = (started.json as { _id: string })._id;
      path = `/genesys/1/admin/debug/sessions/${session}`;
      await publish('add', { by: 2 });
      await server.advance(60_000);
    });
    after(() => server.orsay.close());

    const publish = (name: string, data = {}) =>
      server.send('POST', `${path}/event`, { json: { name, data } });
    const fork = (json: object) => server.send('POST', `${path}/fork`, { json });
    const replay = async () =>
      (await server.send('GET', `${path}/steps`)).text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Step & { end?: number });

    it('show every step of a trace again, with the changes of data', async () => {
      const rows = await replay();
      const steps = rows.slice(0, -1);
      expect(rows.at(-1)).to.deep.equal({ end: steps.length });
      expect(steps.map(({ step, kind, changes }) => [step, kind, changes])).to.deep.equal([
        [
          1,
          'start',
          [
            { path: 'count', after: 0 },
            { path: 'long', omitted: true },
            { path: 'rows', after: [] },
          ],
        ],
        [2, 'event', [{ path: 'count', before: 0, after: 3 }]],
        [3, 'timer', []],
      ]);
      expect(steps.at(-1)!.configuration).to.deep.equal(['late']);
    });

    it('show the state after a step, and say which steps there are', async () => {
      const first = (await server.send('GET', `${path}/steps/1`)).json as State;
      expect([first.data.count, first.configuration, first.timers.length]).to.deep.equal([0, ['open'], 1]);
      const last = (await server.send('GET', `${path}/steps/3`)).json as State;
      expect([last.data.count, last.configuration, last.timers]).to.deep.equal([3, ['late'], []]);
      for (const wrong of ['4', '0', 'x', '1.5']) {
        const refused = await server.send('GET', `${path}/steps/${wrong}`);
        expect(refused.status, wrong).to.equal(400);
        expect((refused.json as { message: string }).message).to.match(/^Expected a step from 1 to 3, got/);
      }
    });

    it('take inputs after a step of the trace, or as the session is now, and change nothing', async () => {
      const inputs = [{ kind: 'event', name: 'add', data: { by: 5 } }];
      const early = (await fork({ step: 1, inputs })).json as Forked;
      expect([early.taken, early.state.data.count]).to.deep.equal([1, 6]);
      const [timer] = early.state.timers;
      const more = [
        ...inputs,
        { kind: 'timer', key: timer!.key },
        { kind: 'event', name: 'stop', afterMs: 500 },
      ];
      const ended = (await fork({ step: 1, inputs: [...more, ...inputs] })).json as Forked;
      expect([ended.taken, ended.state.status, ended.steps.length]).to.deep.equal([3, 'completed', 3]);
      const waited = Date.parse(ended.state.at) - Date.parse(early.state.at);
      expect(waited).to.equal(60_500);
      const now = (await fork({ inputs: [{ kind: 'event', name: 'stop' }] })).json as Forked;
      expect(now.state).to.deep.include({ status: 'completed', configuration: ['closed'] });
      const gone = (await fork({ inputs: [{ kind: 'timer', key: timer!.key }] })).json as Forked;
      expect(gone.taken).to.equal(0);
      const wide = (await fork({ inputs: [] })).json as Forked;
      expect(wide.state.data).to.deep.equal({ count: 3, long: 'long '.repeat(500), rows: [] });
      expect((await server.send('GET', path)).json).to.deep.include({ configuration: ['late'] });
    });

    it('take a bounded number of own steps, however many inputs there are', async () => {
      const spin = { kind: 'event', name: 'spin' };
      const { taken, steps } = (await fork({ step: 1, inputs: [spin, spin, spin] })).json as Forked;
      expect([taken, steps.length]).to.deep.equal([3, 103]);
    });

    it('list steps up to a number of characters, and count the others', async () => {
      const inputs = Array.from({ length: 20 }, (_, at) => ({
        kind: 'event',
        name: 'fill',
        data: { letter: 'abcdefghijklmnopqrst'[at]! },
      }));
      const reply = await fork({ step: 1, inputs });
      const { taken, steps, moreSteps, state } = reply.json as Forked;
      expect([taken, steps.length + moreSteps!, state.data.rows![0]![0]]).to.deep.equal([20, 20, 't']);
      expect(steps.length).to.be.within(5, 8);
      expect(reply.text.length).to.be.below(3_000_000);
    });

    it('refuse inputs that are none, and sessions without a trace', async () => {
      for (const json of [
        {},
        { inputs: [{ kind: 'start' }] },
        { inputs: [{ kind: 'event', name: 'a b' }] },
        [],
      ]) {
        expect((await fork(json)).status, JSON.stringify(json)).to.equal(400);
      }
      const nobody = '/genesys/1/admin/debug/sessions/nobody';
      expect((await server.send('GET', `${nobody}/steps`)).status).to.equal(404);
      expect((await server.send('GET', `${nobody}/steps/1`)).status).to.equal(404);
      expect((await server.send('POST', `${nobody}/fork`, { json: { inputs: [] } })).status).to.equal(404);
    });

    it('exist after the end of the session', async () => {
      await publish('stop');
      const rows = await replay();
      expect(rows.at(-1)).to.deep.equal({ end: 4 });
      const last = (await server.send('GET', `${path}/steps/4`)).json;
      expect(last).to.deep.include({
        status: 'completed',
        configuration: ['closed'],
        states: [],
        timers: [],
      });
      expect((await fork({ inputs: [] })).status).to.equal(404);
    });

    it('have the text and the drawing of their document after the end of the session', async () => {
      const document = (await server.send('GET', `${path}/document`)).json as {
        hash: string;
        sources: readonly { url: string; text: string }[];
      };
      expect(document.sources).to.deep.equal([{ url: SRC, text: ORDER }]);
      const drawing = await server.send('GET', `/genesys/1/admin/documents/${document.hash}/drawing`);
      expect(drawing.status).to.equal(200);
    });
  });
}
