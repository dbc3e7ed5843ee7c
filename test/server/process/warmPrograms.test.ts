import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/index.ts';
import { WarmPrograms } from '../../../server/process/warmPrograms.ts';
import { silentLog } from '../../support/silentLog.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

const URL_OF_LAMP = 'http://orsay.test/genesys/1/document/service_template/lamp/src/lamp.scxml';

describe('programs that a node compiles while it follows', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-warm-'));
    mkdirSync(join(folder, 'lamp/src'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const LAMP = orsDocument('<state id="off"/>');
  const parsed = (text: string) => parseDocument(text, { baseUrl: new URL(URL_OF_LAMP), warnOfCode: false });

  it('are those of the installed documents under their URLs, and of no other text', async () => {
    writeFileSync(join(folder, 'lamp/src/lamp.scxml'), LAMP);
    writeFileSync(join(folder, 'lamp/src/broken.scxml'), '<scxml>');
    const programs = new WarmPrograms();
    await programs.prepare({ folder, baseUrl: 'http://orsay.test/', log: silentLog });
    const known = programs.programOf(await parsed(LAMP));
    expect(programs.programOf(await parsed(LAMP))).to.equal(known);
    const changed = orsDocument('<state id="on"/>');
    expect(programs.programOf(await parsed(changed))).not.to.equal(programs.programOf(await parsed(changed)));
  });

  it('are no more once the node has its cell', async () => {
    writeFileSync(join(folder, 'lamp/src/lamp.scxml'), LAMP);
    const programs = new WarmPrograms();
    programs.end();
    await programs.prepare({ folder, baseUrl: 'http://orsay.test', log: silentLog });
    expect(programs.programOf(await parsed(LAMP))).not.to.equal(programs.programOf(await parsed(LAMP)));
  });
});
