import { expect } from 'chai';
import { BASE, createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Waits for `go`, then does what its name says. `error` keeps the last error event, for `ask`. */
function document(states: string): string {
  return orsDocument(
    `<datamodel><data id="error" expr="''"/></datamodel>
     <state id="idle"><transition event="go" target="wild"/></state>
     ${states}
     <state id="calm">
       <onentry><assign location="_data.error" expr="_event.data"/></onentry>
       <transition event="ask">
         <ws:response requestid="_event.sendid"><param name="error" expr="_data.error"/></ws:response>
       </transition>
     </state>`,
    'initial="idle"',
  );
}

const CAUGHT = '<transition event="error" target="calm"/>';

/** Documents that end as failed, with the name of the limit. */
const ENDING: readonly (readonly [what: string, limit: string, states: string])[] = [
  [
    'eventless transitions',
    'MAX_MICROSTEPS_PER_MACROSTEP',
    '<state id="wild"><transition target="b"/></state><state id="b"><transition target="wild"/></state>',
  ],
  [
    'an event raised for each one handled',
    'MAX_MICROSTEPS_PER_MACROSTEP',
    '<state id="wild"><onentry><raise event="again"/></onentry><transition event="again" target="wild"/></state>',
  ],
  [
    'two events raised for each one handled',
    'MAX_INTERNAL_EVENTS',
    `<state id="wild"><onentry><raise event="again"/></onentry>
       <transition event="again"><raise event="again"/><raise event="again"/></transition></state>`,
  ],
  [
    'an event sent to itself for each one handled',
    'MAX_CONTINUED_STEPS',
    `<state id="wild"><onentry><send event="'again'"/></onentry>
       <transition event="again" target="wild"/></state>`,
  ],
  [
    'a script that loops, and again when it is stopped',
    'MAX_CODE_STEPS',
    `<state id="wild"><onentry><script>while (true) {}</script></onentry>
       <transition event="error" target="wild"/></state>`,
  ],
  [
    'a script that loops for ever, and nobody to handle its error',
    'MAX_CODE_STEPS',
    `<state id="wild"><onentry><script>while (true) {}</script></onentry></state>`,
  ],
  [
    'data that grows beyond what can be kept',
    'MAX_SNAPSHOT_CHARS',
    `<state id="wild"><onentry><script>
       _data.error = 'x'.repeat(1000000); for (var i = 0; i &lt; 5; i++) _data.error += _data.error;
     </script></onentry></state>`,
  ],
];

/** Documents that get an error event, which they may handle. */
const HANDLED: readonly (readonly [what: string, says: RegExp, states: string])[] = [
  [
    'a script that loops for ever',
    /MAX_CODE_STEPS/,
    `<state id="wild"><onentry><script>while (true) {}</script></onentry>${CAUGHT}</state>`,
  ],
  [
    'a condition that loops for ever',
    /MAX_CODE_STEPS/,
    `<state id="wild"><transition cond="(function () { for (;;); })()" target="idle"/>${CAUGHT}</state>`,
  ],
  [
    'a recursion without end',
    /Maximum call stack/,
    `<state id="wild"><onentry><script>(function f() { f(); })()</script></onentry>${CAUGHT}</state>`,
  ],
  [
    'a script that throws',
    /nowhere/,
    `<state id="wild"><onentry><script>nowhere.to.be.seen = 1;</script></onentry>${CAUGHT}</state>`,
  ],
  [
    'an expression that throws',
    /null/,
    `<state id="wild"><onentry><log expr="null.x"/></onentry>${CAUGHT}</state>`,
  ],
];

describe('a document that exceeds a limit', () => {
  let server: TestServer;
  let other: string;

  const src = (name: string): string => `${BASE}/genesys/1/document/service_template/wild/${name}.scxml`;

  async function start(name: string): Promise<string> {
    const started = await server.send('POST', '/scxml/session/start', { form: { src: src(name) } });
    expect(started.status, started.text).to.equal(200);
    return (started.json as { _id: string })._id;
  }

  beforeEach(async () => {
    const files = [...ENDING, ...HANDLED].map(([what, , states]) => [fileOf(what), document(states)]);
    files.push([
      fileOf('a script that throws, and nobody listens'),
      document('<state id="wild"><onentry><script>nowhere.to.be.seen = 1;</script></onentry></state>'),
    ]);
    files.push([fileOf('other'), document('<state id="wild"><transition target="calm"/></state>')]);
    server = createTestServer({ documents: writeDocuments(Object.fromEntries(files)) });
    other = await start('other');
    await server.send('POST', `/scxml/session/${other}/event/go`);
  });

  afterEach(async () => {
    const answer = await server.send('POST', `/scxml/session/${other}/request/ask`);
    expect(answer.status, 'another session goes on').to.equal(200);
    await server.orsay.close();
  });

  for (const [what, limit] of ENDING) {
    it(`ends by name: ${what}`, async () => {
      const sessionId = await start(nameOf(what));
      await server.send('POST', `/scxml/session/${sessionId}/event/go`);
      await server.orsay.durable.idle();
      const { json } = await server.send('GET', `/scxml/session/${sessionId}/query`);
      expect(json).to.include({ status: 'failed' });
      expect((json as { reason: string }).reason).to.contain(limit);
      const late = await server.send('POST', `/scxml/session/${sessionId}/request/ask`);
      expect([late.status, (late.json as { code: string }).code]).to.deep.equal([404, 'SESSION_NOT_FOUND']);
    });
  }

  for (const [what, says] of HANDLED) {
    it(`is told, and may go on: ${what}`, async () => {
      const sessionId = await start(nameOf(what));
      await server.send('POST', `/scxml/session/${sessionId}/event/go`);
      const answer = await server.send('POST', `/scxml/session/${sessionId}/request/ask`);
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.text).to.match(says);
    });
  }

  it('is reported in the log when the document does not handle its error', async () => {
    const sessionId = await start(nameOf('a script that throws, and nobody listens'));
    await server.send('POST', `/scxml/session/${sessionId}/event/go`);
    const [line] = server.lines.filter(({ fields }) => fields.label === 'error.script');
    expect(line).to.deep.include({ level: 'error', fields: { sessionId, label: 'error.script' } });
    expect(line!.message).to.match(/^Not handled: .*nobody-listens\.scxml.*nowhere/);
  });

  it('answers a request that ends its session with 410, naming the session', async () => {
    const sessionId = await start(nameOf('eventless transitions'));
    const answer = await server.send('POST', `/scxml/session/${sessionId}/request/go`);
    expect([answer.status, answer.json]).to.deep.equal([
      410,
      {
        message: `Session '${sessionId}' ended without answering the request.`,
        exception: 'orsay.SessionException',
        code: 'SESSION_ENDED',
      },
    ]);
  });
});

const nameOf = (what: string): string => what.replaceAll(/\W+/g, '-');
const fileOf = (what: string): string => `wild/${nameOf(what)}.scxml`;
