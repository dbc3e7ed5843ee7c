import { expect } from 'chai';
import {
  createSession,
  type Effect,
  notPerformed,
  parseDocument,
  type Session,
  VirtualClock,
} from '../../engine/interpreter/index.ts';
import { readCase } from '../support/cases.ts';
import { runOrsay } from '../support/runOrsay.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

/** Every log of a session that runs in virtual time. */
async function logsOf(
  document: Parameters<typeof createSession>[0],
  event?: string,
): Promise<readonly string[]> {
  const clock = new VirtualClock(0);
  const logs: string[] = [];
  const perform = (effect: Parameters<typeof notPerformed>[1], from: Session): void =>
    from.send(notPerformed(document.dialect, effect));
  const session = createSession(document, { clock, ports: { perform } });
  session.onEffect((effect: Effect) => {
    if (effect.kind === 'log') logs.push(`${effect.label}: ${effect.text}`);
  });
  session.start();
  await session.settled();
  if (event !== undefined) session.send({ name: event, data: { why: 1 } });
  while (clock.fireNext(1_000)) await session.settled();
  return logs;
}

/** The error event of each document, and its reason. */
const CASES: readonly (readonly [string, RegExp])[] = [
  ['silent_delayed_nosession', /^error\.communication: Not handled: nothing answers at 'nosuch'$/],
  [
    'silent_inv_inline_bad',
    /^error\.communication: Not handled: invoke 'a\.1': .*:1:213: TARGET_UNKNOWN: .*'typo'/,
  ],
  ['silent_inv_inline_badcode', /^error\.execution: Not handled: .*\.scxml:1:\d+: <script>: SyntaxError/],
  ['silent_inv_inline_empty', /^error\.communication: Not handled: invoke 'a\.1': .*XML_MALFORMED/],
  ['silent_inv_inline_text', /^error\.communication: Not handled: invoke 'a\.1': .*XML_MALFORMED/],
  [
    'silent_inv_inline_unknown',
    /^error\.communication: Not handled: invoke 'a\.1': [\s\S]*ELEMENT_UNKNOWN: .*<sate>/,
  ],
  [
    'silent_inv_missing',
    /^error\.communication: Not handled: invoke 'a\.1': .*FILE_UNREADABLE: .*missing\.scxml/,
  ],
  ['silent_inv_type', /^error\.execution: Not handled: .*:1:\d+: <invoke>: .*'vxml'/],
  [
    'silent_send_badtarget',
    /^error\.execution: Not handled: .*:1:\d+: <send>: .*got 'parent'; write '#_parent'$/,
  ],
  [
    'silent_send_http',
    /^error\.communication: Not handled: nothing here sends events of the type 'basichttp'$/,
  ],
  [
    'silent_send_http2',
    /^error\.execution: .*got 'http:.*'; a URL needs type="http:.*#BasicHTTPEventProcessor"$/,
  ],
  ['silent_send_noinvoke', /^error\.communication: Not handled: .*:1:\d+: <send>: .*'nosuch'$/],
  ['silent_send_noparent', /^error\.communication: Not handled: .*:1:\d+: <send>: .*'#_parent'/],
  ['silent_send_nosession', /^error\.communication: Not handled: nothing answers at 'nosuch'$/],
  ['silent_send_type', /^error\.execution: Not handled: .*:1:\d+: <send>: .*'smtp'$/],
];

/** Error events that come by other queues, or at other times. */
const NEIGHBOURS: readonly (readonly [string, string, readonly string[]])[] = [
  ['a client sends it', '<state id="a"/>', ['error.mine: Not handled: {"why":1}']],
  [
    '<raise> raises it',
    '<state id="a"><onentry><raise event="error.own"/></onentry></state>',
    ['error.own: Not handled: no data', 'error.mine: Not handled: {"why":1}'],
  ],
  [
    'the session ends in the same step',
    '<state id="a"><transition event="error.mine" target="f"/></state><final id="f"><onentry><raise event="error.late"/></onentry></final>',
    ['error.late: Not handled: no data'],
  ],
  [
    'the last onexit causes it',
    '<state id="a"><transition event="error.mine" target="f"/></state><final id="f"><onexit><raise event="error.late"/></onexit></final>',
    ['error.late: Not handled: no data'],
  ],
  ['a transition takes it', '<state id="a"><transition event="error"/></state>', []],
  [
    'its name only begins with the letters',
    '<state id="a"><onentry><raise event="errors.none"/></onentry><transition event="error.mine"/></state>',
    [],
  ],
];

describe('an error event that no transition takes', () => {
  for (const [name, reason] of CASES) {
    it(`is logged with its reason: ${name}`, async () => {
      const logs = await logsOf(await readCase(name));
      expect(logs).to.have.length(1);
      expect(logs[0]).to.match(reason);
    });
  }

  for (const [when, states, logs] of NEIGHBOURS) {
    it(`is logged once, and only then: ${when}`, async () => {
      const document = await parseDocument(`<scxml ${XMLNS}>${states}</scxml>`, {});
      expect(await logsOf(document, 'error.mine')).to.deep.equal(logs);
    });
  }

  it('needs no log when the inline document is right: it takes the namespace of its parent', async () => {
    expect(await logsOf(await readCase('silent_inv_inline_nons'))).to.deep.equal([]);
  });

  it('is printed by orsay run, which says that it sends no HTTP', async () => {
    const cwd = new URL('../../fixtures/cases/', import.meta.url).pathname;
    const run = async (file: string): Promise<string> =>
      (await runOrsay(['run', file], { cwd })).stdout.split('\n')[0]!;
    expect(await run('silent_send_http.scxml')).to.equal(
      "error.communication: Not handled: `orsay run` sends no events over HTTP, got one for 'http://127.0.0.1:1/'",
    );
    expect(await run('silent_inv_type.scxml')).to.equal(
      "error.execution: Not handled: silent_inv_type.scxml:1:99: <invoke>: expected an <invoke> of type 'scxml', got 'vxml'",
    );
  });
});
