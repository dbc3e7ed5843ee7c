import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { FolderVersions } from '../../../server/templates/folderVersions.ts';
import { TemplateStore } from '../../../server/templates/templateStore.ts';
import { MAX_VERSIONS } from '../../../server/templates/templateVersions.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('The folders of uploaded templates', () => {
  let uploads: string;
  let clock: ReturnType<typeof createSimulatedClock>;
  let durable: DurableStore;

  beforeEach(() => {
    clock = createSimulatedClock();
    uploads = join(mkdtempSync(join(tmpdir(), 'orsay-uploads-')), 'templates');
  });

  afterEach(() => rmSync(join(uploads, '..'), { recursive: true, force: true }));

  function open(): TemplateStore {
    durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
    return new TemplateStore({
      durable,
      clock,
      installed: '/absent',
      versionFiles: new FolderVersions(uploads),
      baseUrl: () => 'http://orsay',
      checkDocument: async () => [],
    });
  }

  const files = (...paths: string[]) => new Map(paths.map((path) => [path, new Uint8Array([1])]));

  it('are read only by their owner', async () => {
    const { version } = await open().put('t', files('src/a.scxml', 'src/lib/b.js'), () => ({}));
    const all = [
      uploads,
      ...readdirSync(uploads, { recursive: true }).map((name) => join(uploads, String(name))),
    ];
    expect(all).to.include(join(uploads, version!, 'src', 'lib', 'b.js'));
    expect(all.filter((path) => (statSync(path).mode & 0o077) !== 0)).to.deep.equal([]);
  });

  it('leave nothing behind when the disk refuses a file', async () => {
    const templates = open();
    const upload = templates.put('t', files('src/a.scxml', `src/${'n'.repeat(256)}`), () => ({}));
    const refusal = await upload.catch((error: unknown) => (error as { readonly code: string }).code);
    expect(refusal).to.equal('STORE_UNAVAILABLE');
    expect(readdirSync(uploads)).to.deep.equal([]);
    expect(templates.list()).to.deep.equal([]);
  });

  it('are removed at the start when a crash left them unfinished', () => {
    mkdirSync(join(uploads, '.unfinished'), { recursive: true });
    open();
    expect(readdirSync(uploads)).to.deep.equal([]);
  });

  it('are read once, since a version never changes', async () => {
    const templates = open();
    const { version } = await templates.put('t', files('src/a b.scxml'), () => ({}));
    const url = `/genesys/1/document/service_template/t~${version}/src/a%20b.scxml`;
    const first = await templates.readAt(url);
    rmSync(join(uploads, version!), { recursive: true });
    expect([first, await templates.readAt(url)]).to.deep.equal([Buffer.of(1), Buffer.of(1)]);
  });

  it('are versions, of which the oldest of too many is forgotten', async () => {
    const templates = open();
    const versions: string[] = [];
    for (let number = 0; number <= MAX_VERSIONS; number++) {
      const { version } = await templates.put(
        't',
        new Map([['a.scxml', new Uint8Array([number])]]),
        () => ({}),
      );
      versions.push(version!);
      await clock.advance(1, async () => undefined);
    }
    expect(templates.versions('t').map(({ version }) => version)).to.deep.equal(
      versions.slice(1).toReversed(),
    );
    expect(await templates.rollBack('t', versions[0]!, {})).to.equal(undefined);
  });

  it('are versions, also of a server that did not keep them', async () => {
    const templates = open();
    const { version } = await templates.put('t', files('a.scxml'), () => ({}));
    await durable.commit({ remove: [{ table: 'templateVersion', key: `t~${version}` }] });
    await clock.advance(1, async () => undefined);
    await templates.put('t', files('b.scxml'), () => ({}));
    expect(templates.versions('t').map((kept) => kept.files)).to.deep.equal([['b.scxml'], ['a.scxml']]);
  });

  it('need not be read again while their version is the same', async () => {
    const templates = open();
    const path = '/genesys/1/document/service_template/t/a.scxml';
    const holds = () => templates.watch()([path]).holds();
    expect(holds(), 'absent').to.equal(false);
    await templates.put('t', files('a.scxml'), () => ({}));
    const watched = templates.watch();
    const first = watched([path]);
    expect([first.holds(), watched([path, undefined]).holds()]).to.deep.equal([true, false]);
    await templates.remove('t', {});
    expect([first.holds(), watched([path]).holds(), holds()]).to.deep.equal([false, false, false]);
  });

  it('have no file at a path that is not in the list of the template', async () => {
    const templates = open();
    const { version } = await templates.put('t', files('a.scxml'), () => ({}));
    const root = '/genesys/1/document/service_template';
    const wrong = [
      't',
      't/',
      't/b.scxml',
      't/..%2Fa.scxml',
      't/%ff',
      't~00/a.scxml',
      `t~${version}/../a.scxml`,
    ];
    expect(await Promise.all(wrong.map((path) => templates.readAt(`${root}/${path}`)))).to.deep.equal(
      wrong.map(() => undefined),
    );
    expect(await templates.readAt(`${root}/t/a.scxml`)).to.deep.equal(Buffer.of(1));
  });
});
