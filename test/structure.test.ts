import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';

const root = resolve(import.meta.dirname, '..');

/** What each part may import of the others; scxml/ and fixtures/ are read by path, never imported. */
const MAY_IMPORT: { readonly [part: string]: readonly string[] } = {
  engine: ['engine'],
  strategies: ['strategies', 'engine'],
  server: ['server', 'strategies', 'engine'],
  cli: ['cli', 'server', 'engine'],
};

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return found.map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

describe('the structure of the code', () => {
  for (const [part, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${part}/ imports only from ${allowed.join(', ')}`, () => {
      const wrong = filesOf(part).flatMap((file) =>
        importsOf(file)
          .filter((target) => !allowed.includes(target.split('/')[0]!))
          .map((target) => `${file} imports ${target}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it('engine/ and strategies/ reach time, randomness, ids and the network only through ports', () => {
    const direct =
      /Date\.now|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|randomUUID|from 'uuid'|from 'node:(http|https|net|fs)'/;
    const adapters = new Set([
      // Of a session that is given none: the process's own clock, and reading files.
      'engine/defaultPorts.ts',
      'engine/document/readFile.ts',
      // Text for the realm of documents, which takes their clock away.
      'engine/datamodel/realm/hardening.ts',
    ]);
    const wrong = [...filesOf('engine'), ...filesOf('strategies')]
      .filter((file) => !adapters.has(file))
      .filter((file) => direct.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });

  it('wire spellings stay in wire.ts files, documents and the table of options', () => {
    const wire =
      /['"`.](_id|_dialog_id|_action|_callback_state|_callback_reason|_customer_number|_display_message)\b/;
    const wrong = filesOf('server')
      // The logger names what it redacts.
      .filter(
        (file) => !file.endsWith('wire.ts') && !file.includes('/config') && !file.endsWith('/logger.ts'),
      )
      .filter((file) => wire.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    expect(wrong).to.deep.equal([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
