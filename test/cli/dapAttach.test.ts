import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DebugEditor } from '../support/debugEditor.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HELLO = '/genesys/1/document/service_template/hello/hello.scxml';

describe('orsay dap, attached to a session of a server', function () {
  this.timeout(30_000);
  let orsay: TestOrsay;
  let editor: DebugEditor;
  let session: string;

  const post = (path: string) => fetch(`${orsay.base}${path}`, { method: 'POST' });

  beforeEach(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      change: (config) => Object.assign(config, { debug: { ...config.debug, enabled: true } }),
    });
    const src = encodeURIComponent(`${orsay.base}${HELLO}`);
    session = ((await (await post(`/scxml/session/start?src=${src}`)).json()) as { _id: string })._id;
    editor = new DebugEditor();
  });
  afterEach(async () => {
    editor.process.kill();
    await orsay.close();
  });

  it('shows states and data, stops before a breakpoint, steps, evaluates, and refuses to go back', async () => {
    await editor.attach({ server: orsay.base, session });
    const set = await editor.setFunctionBreakpointsRequest({
      breakpoints: [{ name: 'notStarted' }, { name: 'go' }],
    });
    expect(set.body.breakpoints.map(({ verified }) => verified)).to.deep.equal([true, true]);
    const configured = () => editor.configurationDoneRequest();
    expect(await editor.stopAfter(configured)).to.deep.equal(['entry', 'attached', 'awaitingStart:11']);
    expect(await editor.type('_data._ttl')).to.equal('"3600"');
    const { scopes } = (await editor.scopesRequest({ frameId: 1 })).body;
    const { variables } = (
      await editor.variablesRequest({ variablesReference: scopes[0]!.variablesReference })
    ).body;
    expect(variables.map(({ name, value }) => [name, value])).to.deep.include(['_ttl', '"3600"']);
    const back = await editor.stepBackRequest({ threadId: 1 }).catch((error: Error) => error.message);
    expect(back).to.match(/cannot go back: its steps are committed/);
    await editor.continueRequest({ threadId: 1 });
    const stopped = await editor.stopAfter(() => post(`/scxml/session/${session}/event/go`));
    expect(stopped.slice(0, 2)).to.deep.equal(['breakpoint', 'before go']);
    const next = () => editor.nextRequest({ threadId: 1 });
    expect((await editor.stopAfter(next)).slice(0, 2)).to.deep.equal(['step', 'step']);
    expect(await editor.close()).to.equal(0);
    const { json } = { json: await (await fetch(`${orsay.base}/genesys/1/admin/debug`)).json() };
    expect(json, 'the debugger has left').to.deep.equal([]);
  });

  it('stops the next session of a document at a state that was named before the session started', async () => {
    const src = `${orsay.base}${HELLO}`;
    await editor.attach({ server: orsay.base, nextOf: src });
    const set = await editor.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'notStarted' }] });
    expect(set.body.breakpoints.map(({ verified }) => verified)).to.deep.equal([false]);
    await editor.configurationDoneRequest();
    let next = '';
    const started = await editor.stopAfter(async () => {
      const reply = await post(`/scxml/session/start?src=${encodeURIComponent(src)}`);
      next = ((await reply.json()) as { _id: string })._id;
    });
    expect(started.slice(0, 2)).to.deep.equal(['pause', 'start']);
    await editor.continueRequest({ threadId: 1 });
    const stopped = await editor.stopAfter(() => post(`/scxml/session/${next}/event/timer.ttl`));
    expect(stopped.slice(0, 2)).to.deep.equal(['breakpoint', 'before timer.ttl']);
  });

  describe('beside files of an editor', () => {
    const text = readFileSync(join(import.meta.dirname, '../../scxml/hello/hello.scxml'), 'utf8');
    let folder: string;
    let program: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'orsay-dap-'));
      program = join(folder, 'hello.scxml');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('says nothing of a file that the session runs', async () => {
      writeFileSync(program, text);
      await editor.attach({ server: orsay.base, session, program });
      await editor.stopAfter(() => editor.configurationDoneRequest());
      expect(editor.takeOutput()).to.deep.equal([]);
    });

    it('tells once of a file that differs from the version of the session', async () => {
      writeFileSync(program, text.replace('<state id="awaitingStart">', '<state id="begun">'));
      await editor.attach({ server: orsay.base, session, program });
      await editor.stopAfter(() => editor.configurationDoneRequest());
      await editor.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: 11 }] });
      const [told, ...others] = editor.takeOutput();
      expect(others).to.deep.equal([]);
      expect(told?.replace(/[0-9a-f]{64}/, 'HASH')).to.equal(
        `${program}:11:14: the file differs from the version HASH on which the session runs: places are those of that version.`,
      );
    });

    it('shows the text of the server where the editor has no file', async () => {
      await editor.attach({ server: orsay.base, session });
      await editor.stopAfter(() => editor.configurationDoneRequest());
      const { source } = (await editor.stackTraceRequest({ threadId: 1 })).body.stackFrames[0]!;
      expect(source).to.deep.equal({
        name: 'hello.scxml',
        path: `${orsay.base}${HELLO}`,
        sourceReference: 1,
      });
      const { content } = (await editor.sourceRequest({ source: source!, sourceReference: 1 })).body;
      expect(content).to.equal(text);
    });
  });

  it('says why it cannot attach', async () => {
    await editor.initializeRequest();
    const refused = async (args: object) =>
      editor.attachRequest(args as never).then(
        () => '',
        (error: Error) => error.message,
      );
    expect(await refused({ server: orsay.base, session: 'nobody' })).to.match(/SESSION_NOT_FOUND/);
    expect(await refused({ server: 'ftp://nowhere', session })).to.match(/Expected the http or https URL/);
  });
});
