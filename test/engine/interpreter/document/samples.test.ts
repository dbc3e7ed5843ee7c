import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadDocument } from '../../../../engine/interpreter/load/load.ts';
import type { FetchText } from '../../../../engine/ports/fetchText.ts';

const FOLDER = new URL('../../../../../shared/samples/', import.meta.url);

/**
 * Problems of workflows and subroutines that load without the process or the caller that includes them, and
 * elements of phone calls.
 */
const EXPECTED = new Set(['STATE_UNREACHABLE', 'DATA_UNDECLARED', 'EVENT_UNSENT', 'MODULE_UNSUPPORTED']);

/** All samples are in one folder. The files that they name are missing. */
const fetchText: FetchText = async (url) => {
  if (url.pathname.endsWith('.js')) return '/* stands in for a library of the sample */';
  const isSibling = url.pathname.endsWith('/default.scxml');
  return readFile(
    isSibling ? new URL('genesyssandbox__routing__src-gen__default.scxml', FOLDER) : url,
    'utf8',
  );
};

describe('public ORS documents', () => {
  before(function () {
    if (existsSync(FOLDER)) return;
    console.log(`      skipped: no samples at ${fileURLToPath(FOLDER)}`);
    this.skip();
  });

  it('all load, as ORS documents', async () => {
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.scxml'));
    expect(names).to.not.be.empty;
    for (const name of names) {
      const document = await loadDocument(new URL(name, FOLDER), { fetchText });
      expect(document.dialect, name).to.equal('ors');
      const suspicious = document.warnings.filter(({ code }) => !EXPECTED.has(code));
      expect(suspicious, name).to.deep.equal([]);
    }
  });

  it('include a workflow under its prefix', async () => {
    const name = 'genesyssandbox__routing__src-gen__IPD_default_defaultWorkflow.scxml';
    const document = await loadDocument(new URL(name, FOLDER), { fetchText });
    const included = document.states.filter(({ prefix }) => prefix === 'defaultWorkflow');
    expect(included.map(({ id }) => id)).to.deep.equal([
      'defaultWorkflow._composer_entry',
      'defaultWorkflow.Entry1',
      'defaultWorkflow.Exit1',
      'defaultWorkflow._reserved_Exit1_stop_ixn',
      'defaultWorkflow._reserved_Exit1_final',
    ]);
    expect(document.warnings.filter(({ code }) => code !== 'DATA_UNDECLARED')).to.deep.equal([]);
  });
});
