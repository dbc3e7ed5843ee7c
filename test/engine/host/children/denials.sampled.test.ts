import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { MAX_IN_FLIGHT } from '../../../../engine/host/children/limits.ts';
import { MAX_CHILD_DEATHS } from '../../../../engine/host/hostEngine.ts';
import type { SessionId } from '../../../../engine/ports/brandedIds.ts';
import { DENIALS } from '../../../support/denials.ts';
import { HeldTime } from '../../../support/heldTime.ts';
import { asId } from '../../../support/ids.ts';
import { sampleOf } from '../../../support/runLength.ts';
import { BASE, createTestServer, type TestServer } from '../../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../../support/writeDocuments.ts';

/**
 * ms for which an attack may hold the server, in processor time of the server: the machine may be busy with
 * other things.
 */
const MAX_HELD_MS = 200;
/** Time in which a spare child starts and compiles the known documents. */
const SPARE_READY_MS = 600;
/** Engine children that an attack may end: the one of the session, and the one in which it is suspected. */
const MAX_DEATHS = 2;
/** Pause between two requests of the other sessions. */
const PAUSE_MS = 10;

const ANSWERS = `
  <transition event="error.execution"><script>error = _event.data</script></transition>
  <transition event="ask"><ws:response requestid="_event.sendid" resultcode="0">
    <param name="error" expr="error"/></ws:response></transition>`;
const QUIET = orsDocument(`<script>var error = '';</script><state id="s">${ANSWERS}</state>`);

const HANG = 'new Array(1e9).fill(0)';

/**
 * One document has all attacks, each in the script of its own event, so that each child compiles one
 * document.
 */
// The document handles its errors: without a handler, endless code would end the session.
const HOSTILE = orsDocument(`<script>var error = '';</script>
  <state id="s">${ANSWERS}<transition event="error"/><transition event="hang"><script>${HANG}</script></transition>
  ${DENIALS.map(([, code], index) => `<transition event="attack.${index}"><script>${escaped(code)}</script></transition>`).join('\n')}
  </state>`);

/** Attacks outside the script of an event. Each is a complete session. */
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

describe('Documents that would stop the server, in engine children', () => {
  let server: TestServer;
  let trusted: string;
  let neighbour: string;
  let longestHeldMs = 0;
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
    // An attack just after the start finds no spare child yet: other sessions wait 0.1 s more.
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

  /** Engine children that have ended. */
  function deaths(): number {
    return server.lines.filter(({ message }) => message === 'An engine child ended unexpectedly.').length;
  }

  /** Other sessions send requests until `work` resolves. Returns its result. */
  async function whileOthersAsk<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    const held = new HeldTime();
    const others = (async () => {
      while (!isOver) {
        expect(await ask(asId(trusted))).to.deep.equal({ error: '' });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    })();
    const [result] = await Promise.all([done, others]);
    const heldMs = held.stop();
    longestHeldMs = Math.max(longestHeldMs, heldMs);
    expect(heldMs, 'ms of the longest macrotask').to.be.below(MAX_HELD_MS);
    return result;
  }

  for (const { name, index } of sampleOf(
    DENIALS.map(([name], index) => ({ name, index })),
    8,
  )) {
    it(`do not delay other sessions: ${name}`, async () => {
      const hostile = await start('http://elsewhere.test/hostile.scxml');
      const attack = server.send('POST', `/scxml/session/${hostile}/event/attack.${index}`);
      const begun = performance.now();
      const beside = ask(asId(neighbour)).finally(() => {
        slowestBeside = Math.max(slowestBeside, performance.now() - begun);
      });
      await whileOthersAsk(Promise.all([attack, beside]));
      expect(await beside, 'a session of the same child').to.deep.equal({ error: '' });
      // The attacking session also continues, from its state before the attack.
      expect(await ask(hostile)).to.have.property('error');
      await server.send('POST', `/scxml/session/${hostile}/terminate`);
    });
  }

  for (const count of sampleOf([10, MAX_IN_FLIGHT - 1], 2)) {
    it(`delay ${count} requests in progress in the same child, and fail none`, async () => {
      const src = 'http://elsewhere.test/quiet.scxml';
      const crowd = await Promise.all(Array.from({ length: count }, () => start(src)));
      const { sessions } = server.orsay;
      // First: one request before the attack and all others after it. Then: the reverse.
      for (const before of [1, count - 1]) {
        // A new session each time: a session that was blamed runs in quarantine.
        const hostile = await start('http://elsewhere.test/hostile.scxml');
        const deathsBefore = deaths();
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
        // pool.test.ts proves with a simulated clock that they wait for one deadline only.
        expect(deaths() - deathsBefore, 'children that ended').to.be.at.most(MAX_DEATHS);
      }
      for (const id of crowd) await sessions.terminate(id, 'enough');
    });
  }

  for (const { place, index } of sampleOf(
    PLACES.map(([place], index) => ({ place, index })),
    2,
  )) {
    it(`have the status failed after an attack in ${place}`, async () => {
      const id = `PLACE${index}`;
      const src = `http://elsewhere.test/place${index}.scxml`;
      const { sessions } = server.orsay;
      await whileOthersAsk(
        sessions
          .start({ id: asId(id), src })
          .then(async () => {
            for (let times = 0; times < MAX_CHILD_DEATHS; times++) {
              await sessions.publish(asId(id), { name: 'go' });
            }
          })
          // The list shows that it has ended.
          .catch(() => {}),
      );
      const view = await sessions.query(asId(id));
      expect(view?.status).to.equal('failed');
      expect(view?.reason).to.match(/engine children lost \(MAX_CHILD_DEATHS\)|MAX_|Expected at most/);
      expect(await ask(asId(neighbour))).to.deep.equal({ error: '' });
    });
  }

  it('fail no other session', async function () {
    expect((await server.orsay.sessions.query(asId(neighbour)))?.status).to.equal('running');
    // Sessions of the same child also wait until it is ended: a step that hangs has to reach its deadline
    // first.
    const besideMs = Math.round(slowestBeside);
    this.test!.title +=
      ` (the server was held for ${longestHeldMs} ms, sessions of the same child waited ${besideMs} ms)`;
  });

  it('leave no process when the server ends', async function () {
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
