import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { MAX_IN_FLIGHT } from '../../../../engine/host/children/limits.ts';
import { MAX_CHILD_DEATHS } from '../../../../engine/host/hostEngine.ts';
import type { SessionId } from '../../../../engine/ports/brandedIds.ts';
import { DENIALS } from '../../../support/denials.ts';
import { asId } from '../../../support/ids.ts';
import { BASE, createTestServer, type TestServer } from '../../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../../support/writeDocuments.ts';

/** Longest that anybody else waits while a document does its worst. */
const MAX_WAIT_MS = 500;
/** Within which a spare child has started and compiled what is there. */
const SPARE_READY_MS = 600;
/**
 * The same for the sessions of the attacked child. They wait for its deadline first and take 0.3 to 0.45 s; twice that is
 * for a machine that is busy with other things, where this was seen to take 0.7 s.
 */
const MAX_WAIT_BESIDE_MS = 1_000;
/** Between two requests of the others. */
const PAUSE_MS = 10;

const ANSWERS = `
  <transition event="error.execution"><script>error = _event.data</script></transition>
  <transition event="ask"><ws:response requestid="_event.sendid" resultcode="0">
    <param name="error" expr="error"/></ws:response></transition>`;
const QUIET = orsDocument(`<script>var error = '';</script><state id="s">${ANSWERS}</state>`);

const HANG = 'new Array(1e9).fill(0)';

/** Each attack is the script of an event of its own: one document, compiled once a child. */
// It handles its errors: endless code that nobody handles would end its session.
const HOSTILE = orsDocument(`<script>var error = '';</script>
  <state id="s">${ANSWERS}<transition event="error"/><transition event="hang"><script>${HANG}</script></transition>
  ${DENIALS.map(([, code], index) => `<transition event="attack.${index}"><script>${escaped(code)}</script></transition>`).join('\n')}
  </state>`);

/** Attacks elsewhere than in the script of an event: the whole life of such a session. */
const PLACES: readonly (readonly [place: string, document: string])[] = [
  ['its first script', orsDocument(`<script>${HANG}</script><state id="s">${ANSWERS}</state>`)],
  ['its data', orsDocument(`<datamodel><data id="d" expr="${HANG}"/></datamodel><state id="s"/>`)],
  ['a condition', orsDocument(`<state id="s"><transition cond="${HANG}" target="s"/>${ANSWERS}</state>`)],
  [
    'its end',
    orsDocument(
      `<state id="s"><onexit><script>${HANG}</script></onexit><transition event="go" target="e"/></state><final id="e"/>`,
    ),
  ],
  [
    'every error',
    orsDocument(`<state id="s"><transition event="go error"><script>${HANG}</script></transition></state>`),
  ],
  [
    'a value that does not fit into a snapshot',
    orsDocument(
      `<state id="s"><transition event="go"><script>value = 'x'.repeat(2 ** 26)</script></transition></state>`,
    ),
  ],
  [
    'a loop of events',
    orsDocument(
      `<state id="s"><transition event="go">${'<raise event="go"/>'.repeat(2)}</transition></state>`,
    ),
  ],
];

function escaped(code: string): string {
  return code.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

describe('Documents that would take the server down, in engine children', () => {
  let server: TestServer;
  let trusted: string;
  let neighbour: string;
  let slowest = 0;
  let slowestBeside = 0;

  before(async () => {
    const files = Object.fromEntries([
      ['quiet/quiet.scxml', QUIET.replace('<state', "<!-- the installation's own --><state")],
    ]);
    const documents = writeDocuments(files);
    const remote = new Map([
      ['/quiet.scxml', QUIET],
      ['/hostile.scxml', HOSTILE],
      ...PLACES.map(([, text], index) => [`/place${index}.scxml`, text] as const),
    ]);
    server = createTestServer({
      documents,
      config: (config) => ({ ...config, engine: { ...config.engine, children: 1 } }),
      async http({ url }) {
        const body = remote.get(new URL(url).pathname);
        return { status: body === undefined ? 404 : 200, headers: {}, body: body ?? '' };
      },
    });
    trusted = await start(`${BASE}/genesys/1/document/service_template/quiet/quiet.scxml`);
    neighbour = await start('http://elsewhere.test/quiet.scxml');
    // An attack in the first moment of a server finds no spare child yet, and costs others 0.1 s more.
    await start('http://elsewhere.test/hostile.scxml');
    await new Promise((resolve) => setTimeout(resolve, SPARE_READY_MS));
  });

  after(() => server.orsay.close());

  async function start(src: string): Promise<SessionId> {
    const started = await server.send('POST', '/scxml/session/start', { form: { src } });
    expect(started.status, started.text).to.equal(200);
    return asId((started.json as { _id: string })._id);
  }

  async function ask(sessionId: SessionId): Promise<unknown> {
    const answer = await server.send('POST', `/scxml/session/${sessionId}/request/ask`);
    return answer.status === 200 ? answer.json : answer.status;
  }

  /** Others ask all the time while `work` goes on; gives what work gave. */
  async function whileOthersAsk<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    const others = (async () => {
      while (!isOver) {
        const begun = performance.now();
        expect(await ask(asId(trusted))).to.deep.equal({ error: '' });
        const took = performance.now() - begun;
        expect(took, 'ms until another session answered').to.be.below(MAX_WAIT_MS);
        slowest = Math.max(slowest, took);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    })();
    const [result] = await Promise.all([done, others]);
    return result;
  }

  DENIALS.forEach(([name], index) => {
    it(`leave the others alone: ${name}`, async () => {
      const hostile = await start('http://elsewhere.test/hostile.scxml');
      const attack = server.send('POST', `/scxml/session/${hostile}/event/attack.${index}`);
      const begun = performance.now();
      const beside = ask(asId(neighbour)).finally(() => {
        slowestBeside = Math.max(slowestBeside, performance.now() - begun);
      });
      await whileOthersAsk(Promise.all([attack, beside]));
      expect(await beside, 'a session of the same child').to.deep.equal({ error: '' });
      // Its own session goes on too, from before the attack.
      expect(await ask(hostile)).to.have.property('error');
      await server.send('POST', `/scxml/session/${hostile}/terminate`);
    });
  });

  for (const count of [10, MAX_IN_FLIGHT - 1]) {
    it(`keep ${count} others that are under way in the same child waiting no longer`, async () => {
      const src = 'http://elsewhere.test/quiet.scxml';
      const crowd = await Promise.all(Array.from({ length: count }, () => start(src)));
      const { sessions } = server.orsay;
      // One before the attack, all others behind it, and then the other way round.
      for (const before of [1, count - 1]) {
        // A new one each time: who was blamed once is elsewhere.
        const hostile = await start('http://elsewhere.test/hostile.scxml');
        const begun = performance.now();
        const asking = async (id: string): Promise<number> => {
          await sessions.publish(asId(id), { name: 'nothing' });
          return performance.now() - begun;
        };
        const first = crowd.slice(0, before).map(asking);
        const attack = sessions.publish(hostile, { name: 'hang' });
        const waits = await Promise.all([...first, ...crowd.slice(before).map(asking)]);
        slowestBeside = Math.max(slowestBeside, ...waits);
        await attack;
        await sessions.terminate(hostile, 'enough');
        expect(Math.max(...waits), 'ms of the slowest').to.be.below(MAX_WAIT_BESIDE_MS);
      }
      for (const id of crowd) await sessions.terminate(id, 'enough');
    });
  }

  PLACES.forEach(([place], index) => {
    it(`end as failed, visibly, with the attack in ${place}`, async () => {
      const id = `PLACE${index}`;
      const src = `http://elsewhere.test/place${index}.scxml`;
      const { sessions } = server.orsay;
      await whileOthersAsk(
        sessions
          .start({ id: asId(id), src })
          .then(async () => {
            for (let times = 0; times < MAX_CHILD_DEATHS; times++)
              await sessions.publish(asId(id), { name: 'go' });
          })
          // That it has ended.
          .catch(() => {}),
      );
      const view = await sessions.query(asId(id));
      expect(view?.status).to.equal('failed');
      expect(view?.reason).to.match(/engine children lost \(MAX_CHILD_DEATHS\)|MAX_|Expected at most/);
      expect(await ask(asId(neighbour))).to.deep.equal({ error: '' });
    });
  });

  it('cost no other session more than its wait', async function () {
    expect((await server.orsay.sessions.query(asId(neighbour)))?.status).to.equal('running');
    expect(slowest).to.be.below(MAX_WAIT_MS);
    // Those of the same child wait for its death too: what hangs has its deadline first.
    expect(slowestBeside).to.be.below(MAX_WAIT_BESIDE_MS);
    const waits = [slowest, slowestBeside].map((ms) => `${Math.round(ms)} ms`);
    this.test!.title += ` (in the server at most ${waits[0]}, in the same child ${waits[1]})`;
  });

  it('leave no process behind when the server ends', async function () {
    const pids = server.orsay.enginePids();
    if (process.platform !== 'linux') this.skip();
    expect(pids).to.have.length.greaterThan(0);
    await server.orsay.close();
    for (const pid of pids) {
      for (let looks = 0; existsSync(`/proc/${pid}`) && looks < 100; looks++) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      expect(existsSync(`/proc/${pid}`), `process ${pid}`).to.equal(false);
    }
  });
});
