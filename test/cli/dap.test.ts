import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DebugEditor } from '../support/debugEditor.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="idle">
  <datamodel><data id="order" expr="({ items: [], total: 0 })"/></datamodel>
  <state id="idle">
    <transition event="add" target="checking">
      <script>order.items.push(_event.data.name); order.total += _event.data.price;</script>
    </transition>
    <transition event="wrong"><assign location="nowhere.near" expr="1"/></transition>
  </state>
  <state id="checking">
    <transition cond="order.total &gt; 10" target="large"/>
    <transition target="idle"/>
  </state>
  <state id="large">
    <onentry><send id="l" event="late" delay="5s"/></onentry>
    <transition event="late" target="done"/>
  </state>
  <final id="done"/>
</scxml>`;

describe('orsay dap', function () {
  this.timeout(30_000);
  let folder: string;
  let path: string;
  let editor: DebugEditor;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-dap-'));
    path = join(folder, 'order.scxml');
    writeFileSync(path, DOCUMENT);
    editor = new DebugEditor();
  });
  afterEach(() => {
    editor.process.kill();
    rmSync(folder, { recursive: true });
  });

  const configured = () => editor.configurationDoneRequest();
  const go = () => editor.continueRequest({ threadId: 1 });

  it('stops at a line, goes on, lets time pass, and goes back', async () => {
    await editor.open({ program: path });
    const { body } = await editor.setBreakpointsRequest({
      source: { path },
      breakpoints: [{ line: 9 }, { line: 10, condition: 'order.total === 7' }],
    });
    expect(body.breakpoints.map(({ verified, line }) => [verified, line])).to.deep.equal([
      [true, 9],
      [true, 10],
    ]);
    expect(await editor.stopAfter(configured)).to.deep.equal(['pause', 'waits for add, wrong', 'idle:3']);
    const send = () => editor.type('send add {"name": "tea", "price": 20}');
    expect(await editor.stopAfter(send)).to.deep.equal([
      'breakpoint',
      'stopped at the breakpoint line order.scxml:9',
      'checking:9',
    ]);
    expect(editor.takeOutput()).to.deep.equal([
      'transition scxml -> idle',
      'enter idle',
      'event add',
      'exit idle',
      'transition idle -> checking',
      'enter checking',
    ]);
    expect(await editor.stopAfter(go)).to.deep.equal(['pause', 'waits for late', 'large:13']);
    expect(await editor.stopAfter(go)).to.deep.equal(['pause', 'the session has ended', 'done:17']);
    const back = () => editor.stepBackRequest({ threadId: 1 });
    expect(await editor.stopAfter(back)).to.deep.equal(['step', 'stepped', 'large:13']);
    expect(await editor.stopAfter(() => editor.reverseContinueRequest({ threadId: 1 }))).to.deep.equal([
      'step',
      'stepped',
      '',
    ]);
    expect(await editor.stopAfter(go)).to.deep.equal(['pause', 'waits for add, wrong', 'idle:3']);
    expect(await editor.close()).to.equal(0);
  });

  it('steps in by transitions, over by events, and stops at states, events, conditions and errors', async () => {
    await editor.open({ program: path, stopOnEntry: true });
    const { body } = await editor.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'checking' }, { name: 'if order.total > 30' }, { name: 'state larg' }],
    });
    expect(body.breakpoints).to.deep.equal([
      { verified: true },
      { verified: true },
      { verified: false, message: "Expected the id of a state, got 'larg'. Did you mean 'large'?" },
    ]);
    expect(await editor.stopAfter(configured)).to.deep.equal(['step', 'stepped', 'idle:3']);
    await editor.stopAfter(() => editor.type('queue add {"name": "tea", "price": 3}'));
    const stepIn = () => editor.stepInRequest({ threadId: 1 });
    const next = () => editor.nextRequest({ threadId: 1 });
    expect(await editor.stopAfter(stepIn)).to.deep.equal([
      'function breakpoint',
      'stopped at the breakpoint state checking',
      'checking:9',
    ]);
    expect(await editor.stopAfter(next)).to.deep.equal(['step', 'stepped', 'idle:3']);
    await editor.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'if order.total > 30' }] });
    const send = () => editor.type('send add {"name": "cake", "price": 30}');
    expect((await editor.stopAfter(send)).slice(0, 2)).to.deep.equal([
      'function breakpoint',
      'stopped at the breakpoint if order.total > 30',
    ]);
    await editor.setFunctionBreakpointsRequest({ breakpoints: [] });
    await editor.setExceptionBreakpointsRequest({ filters: ['error'] });
    await editor.stopAfter(() => editor.stepBackRequest({ threadId: 1 }));
    expect((await editor.stopAfter(() => editor.type('send wrong'))).slice(0, 2)).to.deep.equal([
      'exception',
      'stopped at the breakpoint event error',
    ]);
  });

  it('shows data, timers and requests, sets data, and evaluates expressions', async () => {
    await editor.open({ program: path });
    await editor.stopAfter(configured);
    await editor.stopAfter(() => editor.type('send add {"name": "tea", "price": 20}'));
    const { scopes } = (await editor.scopesRequest({ frameId: 1 })).body;
    expect(scopes.map(({ name }) => name)).to.deep.equal(['Data', 'Timers', 'Open requests']);
    const variables = async (reference: number) =>
      (await editor.variablesRequest({ variablesReference: reference })).body.variables;
    const [data] = await variables(scopes[0]!.variablesReference);
    expect([data!.name, data!.value, data!.evaluateName]).to.deep.equal([
      'order',
      '{"items":["tea"],"total":20}',
      'order',
    ]);
    const parts = await variables(data!.variablesReference);
    expect(parts.map(({ name, value, evaluateName }) => [name, value, evaluateName])).to.deep.equal([
      ['items', '["tea"]', 'order.items'],
      ['total', '20', 'order.total'],
    ]);
    const [timer] = await variables(scopes[1]!.variablesReference);
    expect(timer!.value).to.equal('{"event":"late","sendid":"l","inMs":5000}');
    const set = await editor.setVariableRequest({
      variablesReference: parts[0]!.variablesReference,
      name: '[0]',
      value: "'coffee'",
    });
    expect(set.body.value).to.equal('"coffee"');
    const evaluated = await editor.evaluateRequest({ expression: 'order.items[0].length', context: 'watch' });
    expect(evaluated.body.result).to.equal('6');
    expect(await editor.type('timers')).to.equal('1  late in 5s (l)');
  });

  it('says what it expected of a program, an expression, a command and an unknown request', async () => {
    await editor.initializeRequest();
    const refusal = (send: Promise<unknown>) =>
      send.then(
        () => 'accepted',
        (error: Error) => error.message,
      );
    const launch = (program: unknown) => refusal(editor.launchRequest({ program } as object));
    expect(await refusal(editor.threadsRequest())).to.equal('Expected the request launch or attach first.');
    expect(await launch(undefined)).to.equal('Expected the path of a document as program, got undefined.');
    writeFileSync(path, DOCUMENT.replace('target="done"', 'target="gone"'));
    expect(await launch(path)).to.match(/order\.scxml:15:\d+: TARGET_UNKNOWN: /);
    writeFileSync(path, DOCUMENT);
    expect(await launch(path)).to.equal('accepted');
    await configured();
    expect(await refusal(editor.evaluateRequest({ expression: 'nobody', context: 'watch' }))).to.equal(
      'ReferenceError: nobody is not defined',
    );
    expect(await refusal(editor.type('advance soon'))).to.equal(
      "Expected a time as 30s, 5m or 200ms, got 'soon'.",
    );
    expect(await refusal(editor.send('gotoTargets', {}))).to.equal(
      "Expected a request of these capabilities, got 'gotoTargets'.",
    );
  });

  it('tells once that a file of the document has changed', async () => {
    await editor.open({ program: path });
    await editor.stopAfter(configured);
    editor.takeOutput();
    writeFileSync(path, DOCUMENT.replace('"late" delay="5s"', '"late" delay="6s"'));
    await editor.stopAfter(() => editor.type('send add {"name": "tea", "price": 1}'));
    const [first, ...others] = editor.takeOutput();
    expect(first).to.match(
      /order\.scxml:14:47: the file has changed; the session goes on with the text with which it began\.$/,
    );
    expect(others[0]).to.equal('event add');
    await editor.stopAfter(() => editor.type('send add {"name": "tea", "price": 1}'));
    expect(editor.takeOutput().filter((line) => line.includes('has changed'))).to.deep.equal([]);
  });

  it('takes an editor that does not name the form of its paths', async () => {
    const { success, body } = await editor.send('initialize', { adapterID: 'orsay' });
    expect([success, body?.supportsStepBack]).to.deep.equal([true, true]);
  });
});
