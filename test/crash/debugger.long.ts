import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/crash/load.ts';
import { PUBLIC_URL, type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { createRandom } from '../support/crash/random.ts';
import { orsDocument } from '../support/writeDocuments.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run; ORSAY_CRASH_KILLS makes it longer. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.ORSAY_CRASH_KILLS ?? 12);
const LONGEST_LIFE_MS = 400;
const DEBUG = '/genesys/1/admin/debug';
const SRC = `${PUBLIC_URL}/genesys/1/document/service_template/names/names.scxml`;

/** Keeps the names of its events, and sends itself one for each `twice`. */
const NAMES = orsDocument(
  `<datamodel><data id="names" expr="[]"/></datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'200ms'"/></onentry>
    <transition event="twice"><script>_data.names.push(_event.data.k);</script>
      <send event="'own'"><param name="k" expr="_event.data.k + '.own'"/></send></transition>
    <transition event="own add"><script>_data.names.push(_event.data.k);</script></transition>
    <transition event="late"><script>_data.names.push('late');</script></transition>
  </state>`,
  'initial="open"',
);

/** The events of a session, in the order in which they were sent. `acked`: the server has answered 200. */
interface Sent {
  readonly k: string;
  readonly name: string;
  acked: boolean;
}

describe(`a server killed ${KILLS} times with SIGKILL while a debugger holds its sessions (ORSAY_CRASH_SEED=${SEED})`, () => {
  const random = createRandom(SEED);
  let folder: string;
  let server: ServerProcess;
  let base: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-debugged-'));
  });
  after(() => {
    server.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function call(
    method: string,
    path: string,
    json?: object,
  ): Promise<{ status: number; body: unknown }> {
    const reply = await fetch(`${base}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await reply.text();
    if (reply.status !== 200 && reply.status !== 409)
      throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return { status: reply.status, body: JSON.parse(text) as unknown };
  }

  async function begin(): Promise<void> {
    server = startOrsayProcess(folder);
    base = await server.ready;
  }

  /** Sends events and steps the session until the process is gone. */
  async function work(session: string, sent: Sent[]): Promise<void> {
    const { id } = (await call('POST', DEBUG, { session })).body as { id: string };
    for (let count = 0; ; count++) {
      const one: Sent = { k: `k${count}`, name: random.pick(['add', 'twice']), acked: false };
      sent.push(one);
      const path = `/scxml/session/${session}/event/${one.name}`;
      if ((await call('POST', path, { k: one.k })).status === 200) one.acked = true;
      if (random.chance(0.6))
        await call('POST', `${DEBUG}/${id}/${random.pick(['step', 'step', 'continue', 'pause'])}`);
    }
  }

  /** Each acknowledged event is there once and in its order, others at most once; the session goes on. */
  async function check(session: string, sent: readonly Sent[]): Promise<void> {
    await call('POST', `/scxml/session/${session}/event/add`, { k: 'last' });
    const names = await eventually(
      () => `the events of ${session}`,
      async () => {
        const { data } = (await call('GET', `/scxml/session/${session}/query`)).body as {
          data: { names: string[] };
        };
        const twice = sent.filter(({ name, k }) => name === 'twice' && data.names.includes(k));
        const isDone = [...twice.map(({ k }) => `${k}.own`), 'last', 'late'].every((k) =>
          data.names.includes(k),
        );
        return isDone ? data.names : undefined;
      },
    );
    expect(new Set(names).size, 'nothing twice').to.equal(names.length);
    const given = names.filter((k) => /^k\d+$/.test(k));
    expect(given, 'in their order').to.deep.equal(sent.map(({ k }) => k).filter((k) => given.includes(k)));
    for (const { k, acked } of sent) if (acked) expect(given).to.include(k);
  }

  it('loses nothing that was acknowledged, doubles nothing, and lets the sessions go on', async function () {
    this.timeout(120_000 + KILLS * 20_000);
    // The first start writes the configuration.
    await begin();
    await server.kill();
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, debug: { enabled: true } }));
    await begin();
    const uploaded = await fetch(`${base}/genesys/1/admin/templates/names`, {
      method: 'PUT',
      headers: { 'content-type': 'application/xml' },
      body: NAMES,
    });
    expect(uploaded.status, await uploaded.text()).to.equal(200);
    let acked = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { body } = await call('POST', '/scxml/session/start', { src: SRC });
      const session = (body as { _id: string })._id;
      const sent: Sent[] = [];
      // It ends when the process is gone.
      const working = work(session, sent).catch(() => undefined);
      // Some kills come while the debugger attaches.
      const isEarly = random.chance(0.2);
      await eventually(
        () => 'a first acknowledgement',
        async () => isEarly || sent.some((one) => one.acked) || undefined,
      );
      await passed(random.below(LONGEST_LIFE_MS));
      await server.kill();
      await working;
      await begin();
      await check(session, sent);
      acked += sent.filter((one) => one.acked).length;
    }
    // Otherwise nothing above was a check.
    expect(acked).to.be.greaterThan(KILLS / 3);
  });
});
