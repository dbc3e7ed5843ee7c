import { expect } from 'chai';
import { type FamilyTrace, readTrace, stepperAfter } from '../../../engine/trace/index.ts';
import { exportedTrace, recordingHost } from '../../support/recordingHost.ts';

const HEAD = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"';
const CHILD = `<scxml ${HEAD} initial="on"><datamodel><data id="greeting"/></datamodel>
  <state id="on"><transition event="ping"><send target="'#_parent'" event="'pong'"/></transition></state></scxml>`;

/** Invokes a session whose document is in its own, and one whose document is at a URL. */
const PARENT = `<scxml ${HEAD} initial="off">
  <datamodel><data id="heard" expr="[]"/></datamodel>
  <state id="off"><transition event="go" target="on"/></state>
  <state id="on">
    <invoke id="a" type="scxml"><param name="greeting" expr="'hello'"/><content>${CHILD}</content></invoke>
    <invoke id="b" type="scxml" src="/child.scxml"/>
    <transition event="ask"><send target="'#_a'" event="'ping'"/></transition>
    <transition event="leave" target="off"/>
    <transition event="*"><script>heard.push([_event.name, _event.invokeid])</script></transition>
  </state>
</scxml>`;

/** The trace as it is when these events are processed, and no session has started that they invoke. */
async function traceAfter(...names: readonly string[]): Promise<FamilyTrace> {
  const host = await recordingHost({ '/parent.scxml': PARENT, '/child.scxml': CHILD });
  await host.host.publish(host.sessionId, { name: names[0]! });
  const early = readTrace(exportedTrace(host), 'trace');
  expect(early.sessions.length).to.equal(1);
  for (const name of names.slice(1)) await host.host.publish(host.sessionId, { name });
  const { sessions } = readTrace(exportedTrace(host), 'trace');
  await host.durable.idle();
  await host.durable.stop();
  const own = sessions.find(({ start }) => start.sessionId === early.root)!;
  const steps = own.steps.filter(({ input }) => input.kind !== 'event' || input.event.invokeid === undefined);
  return { ...early, sessions: [{ ...own, steps }] };
}

describe('a fork of a session whose invoked sessions had not started when its trace was exported', () => {
  it('starts them, and tells of one whose document is not in the trace: it is an error', async () => {
    const missing: string[] = [];
    const fork = await stepperAfter(await traceAfter('go'), { onMissing: (url) => missing.push(url) });
    await fork.settled();
    fork.advance(0);
    expect(fork.child('a')).to.include({ status: 'running' });
    expect(fork.child('a')!.data).to.deep.equal({ greeting: 'hello' });
    expect(fork.get('heard')).to.deep.equal([['error.communication', 'b']]);
    expect(missing.map((url) => new URL(url).pathname)).to.deep.equal(['/child.scxml']);
    fork.send('ask');
    expect(fork.get('heard')).to.deep.equal([
      ['error.communication', 'b'],
      ['pong', 'a'],
    ]);
  });

  it('gives them the events that waited for them', async () => {
    const fork = await stepperAfter(await traceAfter('go', 'ask'));
    await fork.settled();
    fork.advance(0);
    expect(fork.get('heard')).to.have.deep.members([
      ['error.communication', 'b'],
      ['pong', 'a'],
    ]);
  });

  it('does not start those whose invokes were left, or whose session the export left out', async () => {
    const left = await stepperAfter(await traceAfter('go', 'leave'));
    await left.settled();
    expect(left.child('a')).to.equal(undefined);
    const cut = await stepperAfter({ ...(await traceAfter('go')), leftOut: 2 });
    await cut.settled();
    expect(cut.child('a')).to.equal(undefined);
  });
});
