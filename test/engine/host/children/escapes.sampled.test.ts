import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import { EngineChildren } from '../../../../engine/host/children/engineChildren.ts';
import type { HostedExecution, HostedProgram } from '../../../../engine/host/hostEngine.ts';
import type { StepInput } from '../../../../engine/interpreter/execution.ts';
import type { Json } from '../../../../engine/ports/json.ts';
import { ESCAPES, PROBE, TRACES } from '../../../support/hostileCode.ts';
import { asId } from '../../../support/ids.ts';
import { loadRequest } from '../../../support/loadRequest.ts';
import { sampleOf } from '../../../support/runLength.ts';
import { silentLog } from '../../../support/silentLog.ts';

const SECRET = 'the secret of the environment';
const NOW = Date.UTC(2026, 0, 5, 9, 0, 0);

/** Each code is the script of two events: one reports the value of the code, one only runs it. */
function documentOf(codes: readonly string[], dialect: string): string {
  const transitions = codes.map(
    (code, index) => `
      <transition event="value.${index}"><script>got = (${escaped(code)})</script><log expr="got"/></transition>
      <transition event="log.${index}"><log expr="${escaped(code)}"/></transition>
      <transition event="script.${index}"><script>${escaped(code)}</script></transition>`,
  );
  return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" ${dialect}>
    <datamodel><data id="got"/><data id="probe"/></datamodel>
    <state id="s">
      <transition event="error.execution"><script>got = String(got) + _event.data</script></transition>
      <transition event="probe"><assign location="probe" expr="${escaped(PROBE)}"/></transition>
      ${transitions.join('')}
    </state></scxml>`;
}

function escaped(code: string): string {
  return code
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', ' ');
}

function event(name: string): StepInput {
  return { kind: 'event', event: { name, data: { a: 1 } } };
}

const escapes = sampleOf(ESCAPES, 12);

describe('Escapes from document code in an engine child', () => {
  let children: EngineChildren;
  let sessions = 0;

  before(() => {
    process.env.ORSAY_SECRET = SECRET;
    children = new EngineChildren({ log: silentLog, children: 1, deadlineMs: 1_000, memoryMb: 400 });
  });

  after(() => {
    delete process.env.ORSAY_SECRET;
    children.close();
  });

  async function programOf(codes: readonly string[], dialect: string): Promise<HostedProgram> {
    return children.engine.loadProgram(loadRequest(documentOf(codes, dialect)));
  }

  async function begin(program: HostedProgram): Promise<HostedExecution> {
    const execution = children.engine.startExecution(program, { sessionId: asId(`S${sessions++}`), seed: 1 });
    await execution.step({ kind: 'start' }, { now: NOW });
    return execution;
  }

  /**
   * Everything that a session reports and stores after an event. The data are undefined when its child ended
   * meanwhile.
   */
  async function give(execution: HostedExecution, name: string): Promise<unknown> {
    const outcome = await Promise.resolve(execution.step(event(name), { now: NOW })).catch(String);
    const data: Json | undefined = typeof outcome === 'string' ? undefined : await execution.data();
    return [outcome, execution.snapshotText(), data];
  }

  const dialects = [
    ['w3c', 'datamodel="ecmascript"'],
    ['ors', 'profile="ecmascript"'],
  ] as const;
  for (const [dialect, attributes] of sampleOf(dialects, 2)) {
    it(`read nothing of the parent or the child: ${escapes.length} attempts (${dialect})`, async () => {
      const program = await programOf(escapes, attributes);
      for (const [index, code] of escapes.entries()) {
        const execution = await begin(program);
        for (const kind of ['value', 'log', 'script']) {
          const shown = JSON.stringify(await give(execution, `${kind}.${index}`));
          // Fault messages and function names contain texts of the document itself.
          const said = shown.replaceAll('ORSAY_SECRET', '');
          expect(said, code).to.not.include(SECRET);
          expect(said, code).to.not.match(/engineChildMain|node:internal|\[object (global|process)\]/);
        }
      }
    });
  }

  it(`leave nothing for another session of the child: ${TRACES.length} attempts`, async () => {
    const program = await programOf(TRACES, 'datamodel="ecmascript"');
    const probe = async (): Promise<Json> => {
      const execution = await begin(program);
      await execution.step(event('probe'), { now: NOW });
      return execution.data();
    };
    const fresh = await probe();
    expect(fresh).to.have.property('probe').that.is.a('string');
    const pids = children.pids();
    for (const [index, code] of TRACES.entries()) {
      const attacker = await begin(program);
      for (const kind of ['value', 'script']) await give(attacker, `${kind}.${index}`);
      expect(await probe(), code).to.deep.equal(fresh);
    }
    expect(children.pids(), 'the child was the same all the time').to.deep.equal(pids);
  });

  it('find nothing of the parent in the environment, arguments and descriptors', async function () {
    if (!existsSync('/proc/self/environ')) this.skip();
    await begin(await programOf([], ''));
    expect(children.pids().length).to.be.greaterThan(0);
    for (const pid of children.pids()) {
      // Node.js itself sets this variable in a child when it measures coverage.
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      expect(variables.filter((one) => !one.startsWith('NODE_V8_COVERAGE=')).join('')).to.equal('');
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      expect(args.filter((arg) => /^--(experimental-)?permission$/.test(arg))).to.have.length(1);
      expect(
        args.filter((arg) => /^--allow-(fs-write|child-process|worker|addons|wasi)/.test(arg)),
      ).to.deep.equal([]);
      const files = readdirSync(`/proc/${pid}/fd`)
        .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
        .filter((target) => !/^(socket|pipe|anon_inode):|^\/dev\/null$/.test(target));
      expect(files).to.deep.equal([]);
    }
  });
});
