import { expect } from 'chai';
import { type Breakpoint, DocumentDebugger, outlineOf, type Stop } from '../../../engine/debugger/index.ts';
import { parseDocument } from '../../../engine/interpreter/index.ts';
import { stepper } from '../../../engine/interpreter/stepper/index.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="idle">
  <datamodel><data id="order" expr="({ items: [], total: 0 })"/></datamodel>
  <state id="idle">
    <transition event="add" target="checking">
      <script>order.items.push(_event.data.name); order.total += _event.data.price;</script>
    </transition>
    <transition event="tick"/>
  </state>
  <state id="checking">
    <transition cond="order.total &gt; 10" target="large"/>
    <transition target="idle"/>
  </state>
  <state id="large">
    <onentry><send event="late" delay="5s"/><send event="later" delay="8s"/></onentry>
    <transition event="late"><raise event="error.late"/></transition>
    <transition event="later" target="done"/>
  </state>
  <final id="done"/>
</scxml>`;

async function opened() {
  const document = await parseDocument(DOCUMENT);
  const session = await stepper(document, { now: 0 });
  return { document, session, d: new DocumentDebugger(session, document) };
}

function brief({ reason, breakpoint, line }: Stop): string {
  const at = breakpoint && `${breakpoint.kind} at ${line?.text}`;
  return at === undefined ? reason : `${reason} ${at}`;
}

describe('the debugger', () => {
  it('stops between two microsteps, tells the changed data, and goes back over whole commands', async () => {
    const { d, session } = await opened();
    expect(brief(d.run())).to.equal('idle');
    d.setBreakpoints([{ kind: 'state', id: 'checking' }]);
    const add = () => brief(d.runWith((s) => s.enqueue('add', { name: 'tea', price: 20 })));
    expect(add()).to.equal('breakpoint state at enter checking');
    expect([...session.configuration]).to.deep.equal(['checking']);
    expect(d.changes()).to.deep.equal([
      { path: 'order.items[0]', before: undefined, after: 'tea' },
      { path: 'order.total', before: 0, after: 20 },
    ]);
    expect(brief(d.run())).to.equal('idle');
    expect([...session.configuration]).to.deep.equal(['large']);
    expect(d.changes()).to.deep.equal([]);
    d.back(2);
    expect([[...session.configuration], session.data, d.changes(), d.lastLines]).to.deep.equal([
      ['idle'],
      { order: { items: [], total: 0 } },
      [],
      [],
    ]);
    expect(add()).to.equal('breakpoint state at enter checking');
  });

  it('takes one microstep, one macrostep, or none when nothing waits', async () => {
    const { d, session } = await opened();
    expect(brief(d.microstep())).to.equal('step');
    expect(brief(d.microstep())).to.equal('idle');
    d.queue((s) => s.enqueue('add', { name: 'tea', price: 1 }));
    d.queue((s) => s.enqueue('tick'));
    expect([session.waiting, brief(d.microstep()), [...session.configuration]]).to.deep.equal([
      ['event add', 'event tick'],
      'step',
      ['checking'],
    ]);
    expect([brief(d.macrostep()), [...session.configuration], session.waiting]).to.deep.equal([
      'step',
      ['idle'],
      ['event tick'],
    ]);
    d.back(4);
    expect(() => d.back(2)).to.throw(RangeError, 'Expected to go back 1 to 1 commands, got 2.');
    d.back();
    expect(() => d.back()).to.throw(RangeError, 'Expected a command before this one, got none.');
  });

  it('stops at events, lines and conditions, also while time passes', async () => {
    const { d, document, session } = await opened();
    d.run();
    const stops = (breakpoints: readonly Breakpoint[]) => {
      d.setBreakpoints(breakpoints);
      return brief(d.advance(10_000));
    };
    d.runWith((s) => s.enqueue('add', { name: 'tea', price: 20 }));
    expect(stops([{ kind: 'event', name: 'error' }])).to.equal('breakpoint event at event error.late');
    expect(session.now).to.equal(5000);
    expect(stops([{ kind: 'line', file: document.url, line: 17 }])).to.equal(
      'breakpoint line at transition large -> done',
    );
    expect(session.now).to.equal(8000);
    d.back(3);
    d.setBreakpoints([{ kind: 'condition', condition: 'order.total > 30' }]);
    expect(brief(d.runWith((s) => s.enqueue('add', { name: 'a', price: 5 })))).to.equal('idle');
    expect(brief(d.runWith((s) => s.enqueue('add', { name: 'b', price: 30 })))).to.equal(
      'breakpoint condition at enter checking',
    );
    expect(brief(d.run())).to.equal('idle');
  });

  it('stops at a place only while its condition is true', async () => {
    const { d } = await opened();
    d.run();
    d.setBreakpoints([{ kind: 'state', id: 'checking', condition: 'order.items.length === 2' }]);
    const add = () => brief(d.runWith((s) => s.enqueue('add', { name: 'a', price: 1 })));
    expect([add(), add(), add()]).to.deep.equal(['idle', 'breakpoint state at enter checking', 'idle']);
  });

  it('moves a line to the state or transition before it, and refuses what is not in the document', async () => {
    const { d, document } = await opened();
    expect(d.setBreakpoints([{ kind: 'line', file: document.url, line: 5 }])).to.deep.equal([
      { kind: 'line', file: document.url, line: 4 },
    ]);
    const refused = (breakpoint: Breakpoint) => () => d.setBreakpoints([breakpoint]);
    expect(refused({ kind: 'state', id: 'larg' })).to.throw(
      "Expected the id of a state, got 'larg'. Did you mean 'large'?",
    );
    expect(refused({ kind: 'line', file: 'other.scxml', line: 5 })).to.throw(
      "Expected a file of the document, got 'other.scxml'.",
    );
    expect(refused({ kind: 'line', file: document.url, line: 0 })).to.throw(
      'Expected a line of a state or transition, from 1 on, got 0.',
    );
    expect(d.breakpoints.length).to.equal(1);
  });

  it('outlines the states of the document', async () => {
    const { document } = await opened();
    const rows = outlineOf(document, new Set(['large']));
    expect(
      rows.map(({ id, kind, depth, isActive, at }) => [id, kind, depth, isActive, at.line]),
    ).to.deep.equal([
      ['idle', 'atomic', 0, false, 3],
      ['checking', 'atomic', 0, false, 9],
      ['large', 'atomic', 0, true, 13],
      ['done', 'final', 0, false, 18],
    ]);
  });

  it('stops a command that takes too many steps, also over the timers of a long time', async () => {
    const document = await parseDocument(
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a">
        <onentry><send event="tick" delay="1s"/></onentry>
        <transition event="tick" target="a"/>
        <transition event="go again"><send event="again"/></transition>
      </state></scxml>`,
    );
    const session = await stepper(document, { now: 0 });
    const d = new DocumentDebugger(session, document, { maxMicrosteps: 100 });
    d.run();
    expect([brief(d.advance(365 * 86_400_000)), session.now]).to.deep.equal(['endless', 50_000]);
    expect([brief(d.run()), brief(d.advance(1000)), session.now]).to.deep.equal(['idle', 'idle', 51_000]);
    expect(brief(d.runWith((s) => s.enqueue('go')))).to.equal('endless');
    d.back(2);
    expect(session.now).to.equal(50_000);
  });
});
