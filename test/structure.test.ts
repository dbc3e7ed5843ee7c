import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import { AREAS, areaOf, lintOverrides, mayImport } from '../scripts/areas.mjs';

const root = resolve(import.meta.dirname, '..');
const TOP_FOLDERS = [...new Set(Object.keys(AREAS).map((area) => area.split('/')[0]!))];
/** Folders of the interpreter, each of which imports only those before it. */
const INTERPRETER_ORDER = [
  'document',
  'datamodel',
  'content',
  'ors',
  'check',
  'load',
  'algorithm',
  'snapshot',
  'session',
];

const files = TOP_FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => join(folder, name)),
);

/** Files that a file imports or exports from, types included. */
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = withoutComments(readFileSync(join(root, file), 'utf8'));
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return found.map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

function everyImport(): { readonly file: string; readonly target: string }[] {
  return files.flatMap((file) => imports.get(file)!.map((target) => ({ file, target })));
}

describe('the structure of the code', () => {
  it('has a door in every area that another imports', () => {
    const imported = Object.keys(AREAS).filter((area) =>
      Object.keys(AREAS).some((by) => mayImport(by, area)),
    );
    expect(imported.filter((area) => !existsSync(join(root, area, 'index.ts')))).to.deep.equal([]);
  });

  it('imports from another area through its door', () => {
    const deep = everyImport().filter(({ file, target }) => {
      const other = areaOf(target);
      return other !== undefined && other !== areaOf(file) && !target.endsWith('/index.ts');
    });
    expect(deep.map(({ file, target }) => `${file} imports ${target}`)).to.deep.equal([]);
  });

  it('imports only the areas of scripts/areas.json', () => {
    const upward = everyImport().filter(({ file, target }) => {
      const [area, other] = [areaOf(file), areaOf(target)];
      return area !== undefined && other !== undefined && area !== other && !mayImport(area, other);
    });
    expect(upward.map(({ file, target }) => `${file} imports ${target}`)).to.deep.equal([]);
  });

  it('has no door that its own area imports', () => {
    const own = everyImport().filter(({ file, target }) => target === `${areaOf(file)}/index.ts`);
    expect(own.map(({ file }) => file)).to.deep.equal([]);
  });

  it('lists each area in scripts/areas.json after the areas that it imports', () => {
    const names = Object.keys(AREAS);
    const wrong = names.flatMap((area, at) =>
      names
        .slice(at)
        .filter((later) => mayImport(area, later) && later !== area)
        .map((later) => `${area} imports ${later}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('has no cycle of files, type-only imports included', () => {
    expect(findCycle(imports)).to.deep.equal([]);
  });

  it('has no cycle of folders in the interpreter', () => {
    const wrong = everyImport().filter(({ file, target }) => {
      const [from, to] = [file, target].map((path) => /^engine\/interpreter\/(\w+)\//.exec(path)?.[1]);
      return (
        INTERPRETER_ORDER.indexOf(from ?? '') < INTERPRETER_ORDER.indexOf(to ?? '') && from !== undefined
      );
    });
    expect(
      wrong
        .filter(({ file }) => INTERPRETER_ORDER.includes(file.split('/')[2]!))
        .map(({ file, target }) => `${file} imports ${target}`),
    ).to.deep.equal([]);
  });

  it('spreads no object literal that is written out in another one', () => {
    const wrong = files
      .filter((file) => /^(engine|strategies|server|cli|testing|bench|console)\//.test(file))
      .filter((file) => /\.\.\.\{/.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });

  it('has braces around a body on a line of its own', () => {
    const open = /^( *)(?:\} )?(?:else )?(?:(?:if|for|while) .*\)|else)\n\1 {2}(?![ &|.?:])/m;
    const wrong = files.filter((file) => open.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });

  it('shows the same rule in an editor: biome.areas.json is as `npm run areas` writes it', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.areas.json'), 'utf8'));
    expect(overrides).to.deep.equal(lintOverrides());
  });

  it('engine/ and strategies/ reach time, randomness, ids and the network only through ports', () => {
    const direct =
      /Date\.now|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|randomUUID|from 'uuid'|from 'node:(http|https|net|fs)'/;
    // Adapters of the ports, and text for the realm of documents, which takes their clock away.
    const adapters =
      /^engine\/(ports\/system\w+|durable\/((lmdb|postgres|files|memory)\/.*|privateFiles)|host\/children\/.*|interpreter\/document\/readFile|interpreter\/datamodel\/realm\/hardening)\.(ts|mjs)$/;
    const wrong = files
      .filter((file) => /^(engine|strategies)\//.test(file) && !adapters.test(file))
      .filter((file) => direct.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });

  it('engine/ and strategies/ know no HTTP status and no URL path of the server', () => {
    const http = /\bstatus (===|!==|>=|<=|<|>) \d{3}\b|['"`]\/(genesys|urs|agent|scxml|chat)\//;
    const exceptions = [
      // The port says which replies are a success.
      'engine/ports/httpClient.ts',
      // Documents see this path in _ioprocessors.
      'engine/interpreter/content/basicHttp.ts',
    ];
    const found = files
      .filter((file) => /^(engine|strategies)\//.test(file))
      .filter((file) => http.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(found.sort()).to.deep.equal(exceptions.sort());
  });

  it('wire spellings stay in wire.ts files, descriptions, documents and the table of options', () => {
    const wire =
      /['"`.](_id|_dialog_id|_action|_callback_state|_callback_reason|_customer_number|_display_message)\b/;
    const wrong = files
      .filter((file) => file.startsWith('server/'))
      // The logger names what it redacts.
      .filter(
        (file) =>
          !/(wire|[dD]escription)\.ts$/.test(file) &&
          !file.includes('/config') &&
          !file.endsWith('/logger.ts'),
      )
      .filter((file) => wire.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The files of one cycle, in order; none: there is no cycle. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();

  function visit(file: string, path: readonly string[]): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  }

  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
