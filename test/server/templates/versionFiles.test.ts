import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CellVersions } from '../../../server/templates/cellVersions.ts';
import { FolderVersions } from '../../../server/templates/folderVersions.ts';
import type { VersionFiles } from '../../../server/templates/versionFiles.ts';
import { CellFilesBench } from '../../support/cellFilesBench.ts';
import { requirePostgres } from '../../support/postgres.ts';

interface VersionPlace {
  /** May be called again: as after a restart. */
  open(): Promise<VersionFiles>;
  remove(): Promise<void>;
}

const PLACES: readonly {
  readonly name: string;
  require(context: { skip(): void }): Promise<unknown>;
  make(): Promise<VersionPlace>;
}[] = [
  {
    name: 'a folder',
    require: async () => {},
    async make() {
      const folder = mkdtempSync(join(tmpdir(), 'orsay-versions-'));
      const path = join(folder, 'templates');
      return {
        open: async () => new FolderVersions(path),
        remove: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  {
    name: 'a cell',
    require: requirePostgres,
    async make() {
      const bench = await CellFilesBench.create();
      return { open: async () => new CellVersions(await bench.open()), remove: () => bench.close() };
    },
  },
];

const VERSION = '0123456789abcdef';

for (const { name: where, require, make } of PLACES) {
  describe(`VersionFiles: versions of templates in ${where}`, () => {
    let place: VersionPlace;
    let versions: VersionFiles;

    before(async function () {
      await require(this);
    });

    beforeEach(async () => {
      place = await make();
      versions = await place.open();
    });

    afterEach(() => place.remove());

    const FILES = new Map<string, Uint8Array>([
      ['a.scxml', Uint8Array.of(1, 2)],
      ['src/ü b.js', Uint8Array.of()],
      ['src/lib/long.js', new Uint8Array(600_000).fill(7)],
    ]);

    async function read(path: string, version = VERSION): Promise<Uint8Array | undefined> {
      const bytes = await versions.read(version, path);
      return bytes && new Uint8Array(bytes);
    }

    it('are read as they were written, also after a restart', async () => {
      await versions.write(VERSION, FILES);
      versions = await place.open();
      for (const [path, content] of FILES) expect(await read(path), path).to.deep.equal(content);
    });

    it('are written once, also when uploads of the same content meet', async () => {
      await Promise.all([versions.write(VERSION, FILES), versions.write(VERSION, FILES)]);
      await versions.write(VERSION, new Map([['a.scxml', Uint8Array.of(9)]]));
      for (const [path, content] of FILES) expect(await read(path), path).to.deep.equal(content);
    });

    it('have no other files, whatever a path says', async () => {
      await versions.write(VERSION, FILES);
      await versions.write('0123456789abcde0', new Map([['secret', Uint8Array.of(5)]]));
      const paths = [
        '',
        '.',
        'src',
        'src/',
        '/a.scxml',
        './a.scxml',
        '../0123456789abcde0/secret',
        'a.scxml\0',
        'x'.repeat(9_000),
      ];
      for (const path of paths) expect(await read(path), path).to.equal(undefined);
      expect(await read('a.scxml', '0123456789abcde')).to.equal(undefined);
    });
  });
}
