import { expect } from 'chai';
import { ChildEngine } from '../../../../engine/host/children/childEngine.ts';
import { ChildPool } from '../../../../engine/host/children/childPool.ts';
import { DocumentLoader } from '../../../../engine/host/children/documentLoader.ts';
import {
  LOAD_FACTOR,
  MAX_LOAD_ROUNDS,
  SMALL_LOAD_CHARS,
  STORED_LOAD_FACTOR,
  WATCH_INTERVAL_MS,
} from '../../../../engine/host/children/limits.ts';
import type { HostEngine, LoadRequest } from '../../../../engine/host/hostEngine.ts';
import { parseDocument } from '../../../../engine/interpreter/load/load.ts';
import { asId } from '../../../support/ids.ts';
import { loadRequest } from '../../../support/loadRequest.ts';
import {
  type Behaviour,
  createScriptedChildren,
  type ScriptedChildren,
} from '../../../support/scriptedChildren.ts';
import { silentLog } from '../../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../support/simulatedClock.ts';
import { orsDocument } from '../../../support/writeDocuments.ts';

/**
 * Texts that make a code parser recurse so deeply that V8 ends the process when it compiles a regular
 * expression.
 */
const DEEP: readonly string[] = [
  `${'a['.repeat(50_000)}0${']'.repeat(50_000)}`,
  `${'('.repeat(100_000)}a${')'.repeat(100_000)}`,
  `a[/${'(?=a'.repeat(20_000)}${')'.repeat(20_000)}/]`,
  `${'!'.repeat(100_000)}a`,
];

const DEADLINE_MS = 100;
const SMALL = orsDocument('<state id="s"/>');
const LARGE = orsDocument(`<state id="s"/><!--${' '.repeat(SMALL_LOAD_CHARS)}-->`);

describe('An untrusted document with very deeply nested code', () => {
  it('is loaded without a parse of its code', async () => {
    for (const code of DEEP) {
      const xml = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
        xmlns:queue="www.genesyslab.com/modules/queue"><script>${code}</script><state id="s"><onentry>
        <assign location="${code}" expr="${code}"/><queue:submit requestid="${code}"/></onentry></state></scxml>`;
      const document = await parseDocument(xml, { warnOfCode: false });
      expect(document.states).to.have.length(2);
    }
  });
});

describe('Documents that engine children load', () => {
  let clock: SimulatedClock;
  let scripted: ScriptedChildren;
  let pool: ChildPool;
  let engine: HostEngine;

  function open(behaviour: Behaviour = () => undefined): void {
    clock = createSimulatedClock();
    scripted = createScriptedChildren({ behaviour });
    const limits = { deadlineMs: DEADLINE_MS, memoryBytes: 1e9 };
    pool = new ChildPool({ spawn: scripted.spawn, clock, log: silentLog, size: 1, limits });
    engine = new ChildEngine(pool, new DocumentLoader(pool, DEADLINE_MS));
  }

  afterEach(() => pool.close());

  /** A document with files, and the URLs that are fetched, in order. */
  function withFiles(
    text: string,
    files: { readonly [path: string]: string },
    fetched: string[] = [],
  ): LoadRequest {
    return {
      text,
      baseUrl: new URL('http://a.test/d/main.scxml'),
      fetchText: async ({ pathname }) => {
        fetched.push(pathname);
        const file = files[pathname];
        if (file !== undefined) return file;
        throw Object.assign(new Error(`'${pathname}' answered 404.`), { code: 404 });
      },
    };
  }

  async function messageOf(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'loaded',
      (error: Error & { code?: string }) => `${error.code ?? error.name}: ${error.message}`,
    );
  }

  /** Lets the scripted children answer, and the clock advance in small parts. */
  async function pass(ms: number): Promise<void> {
    const settle = async (): Promise<void> => {
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    };
    await clock.advance(ms, settle);
  }

  it('are the same as in the server, with all files that they include', async () => {
    open();
    const include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="a.xml"/>';
    const nested = include.replace('a.xml', 'b.xml');
    const scxml = 'xmlns="http://www.w3.org/2005/07/scxml"';
    const text = orsDocument(`<script src="code.js"/><state id="s">${include}</state>`);
    const files = {
      '/d/code.js': 'var a = 1;',
      '/d/a.xml': `<state ${scxml} id="a">${nested}</state>`,
      '/d/b.xml': `<state ${scxml} id="b"/>`,
    };
    const fetched: string[] = [];
    const { document } = await engine.loadProgram(withFiles(text, files, fetched));
    const { url, hash, dialect, persist, sources } = await parseDocument(text, {
      ...withFiles(text, files),
      warnOfCode: false,
    });
    expect(document).to.deep.equal({ url, hash, dialect, persist, sources });
    expect(fetched.toSorted()).to.deep.equal(['/d/a.xml', '/d/b.xml', '/d/code.js']);
    const program = await engine.loadProgram(withFiles(text, files));
    const execution = engine.startExecution(program, { sessionId: asId('S'), seed: 1 });
    await execution.step({ kind: 'start' }, { now: 1 });
    expect(execution.configuration).to.deep.equal(['s', 'a', 'b']);
  });

  it('are refused with the same problems as in the server', async () => {
    open();
    const text = orsDocument('<script src="none.js"/><state id="s"><transition target="nowhere"/></state>');
    const request = withFiles(text, {});
    const inServer = await messageOf(parseDocument(text, { ...request, warnOfCode: false }));
    expect(inServer).to.contain(
      "SCRIPT_UNREADABLE: Expected to read http://a.test/d/none.js, got: '/d/none.js' answered 404.",
    );
    expect(await messageOf(engine.loadProgram(request))).to.equal(inServer);
  });

  it('end the loader and are refused when they take too long, and delay no other document', async () => {
    const slow: Behaviour = (message, child) => {
      child.usage = undefined;
      return message.kind === 'load' && message.files[0]!.chars > SMALL_LOAD_CHARS ? 'hang' : undefined;
    };
    open(slow);
    const large = messageOf(engine.loadProgram(loadRequest(LARGE)));
    const stored = messageOf(engine.loadProgram({ ...loadRequest(LARGE), isStored: true }));
    expect((await engine.loadProgram(loadRequest(SMALL))).document.dialect).to.equal('ors');
    await pass(LOAD_FACTOR * DEADLINE_MS + 2 * WATCH_INTERVAL_MS);
    expect(await large).to.equal(
      "DOCUMENT_TOO_COSTLY: The document 'memory:///document.scxml' was not read: reading it takes more than 1000 ms (engine.deadlineMs).",
    );
    await pass(STORED_LOAD_FACTOR * DEADLINE_MS + 2 * WATCH_INTERVAL_MS);
    expect(await stored).to.contain('more than 4000 ms (engine.deadlineMs)');
    expect((await engine.loadProgram(loadRequest(SMALL))).document.dialect).to.equal('ors');
  });

  it('are read again after a crash of the loader, and are refused after the third', async () => {
    let crashes = 2;
    open((message) => (message.kind === 'load' && crashes-- > 0 ? 'crash' : undefined));
    expect(await messageOf(engine.loadProgram(loadRequest(SMALL)))).to.equal('loaded');
    crashes = 3;
    expect(await messageOf(engine.loadProgram(loadRequest(SMALL)))).to.equal(
      "DOCUMENT_TOO_COSTLY: The document 'memory:///document.scxml' was not read: its engine child ended: SIGSEGV.",
    );
  });

  it('are refused when their files include others without end', async () => {
    const needs: Behaviour = (message) =>
      message.kind === 'load'
        ? [
            JSON.stringify({
              kind: 'needs',
              request: message.request,
              urls: [`http://a.test/${message.request}`],
            }),
          ]
        : undefined;
    open(needs);
    expect(
      await messageOf(engine.loadProgram({ ...loadRequest(SMALL), fetchText: async () => '' })),
    ).to.contain(`more than ${MAX_LOAD_ROUNDS} deep (MAX_LOAD_ROUNDS)`);
  });

  it('end a loader whose answer is not one to the request', async () => {
    const loaded = { kind: 'loaded', request: 0, dialect: 'w3c', persist: true, states: ['s'], sources: [] };
    const wrong: readonly object[] = [
      { ...loaded, request: 7 },
      { ...loaded, dialect: 'other' },
      { ...loaded, persist: 'yes' },
      { ...loaded, states: [1] },
      { ...loaded, sources: ['http://secret.test/'] },
      { kind: 'needs', request: 0, urls: ['memory:///document.scxml'] },
      { kind: 'needs', request: 0, urls: ['no url'] },
      { kind: 'refused', request: 0, problems: [{ code: 'X' }] },
      { kind: 'stepped', request: 0 },
    ];
    for (const answer of wrong) {
      open((message) => (message.kind === 'load' ? [JSON.stringify(answer)] : undefined));
      expect(await messageOf(engine.loadProgram(loadRequest(SMALL)))).to.contain(
        'was not read: its engine child was ended',
      );
      expect(scripted.children[0]!.isKilled).to.equal(true);
      pool.close();
    }
  });
});
