import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSession, parseDocument, restoreSession, stepper } from '../../../../engine/index.ts';
import { parseInstallation } from '../../../../engine/interpreter/index.ts';
import { MAX_INSTALLATION_CHARS } from '../../../../engine/interpreter/ors/installation.ts';
import { readCase } from '../../../support/cases.ts';
import { runOrsay } from '../../../support/runOrsay.ts';

const INSTALLATION = {
  lists: { Routing: { Billing: { target: 'Billing@Stat_Server.GA', limit: 3 } } },
  options: { hours: { open: '09:00' } },
  specialDays: { holiday: ['2026-01-05', '2026-12-25'] },
};

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
  xmlns:queue="http://www.genesyslab.com/modules/queue" initial="wait">
  <state id="wait">
    <transition event="interaction.added" target="found"/>
  </state>
  <state id="found"><onentry><log label="found" expr="JSON.stringify([
    _genesys.session.getListItemValue('Routing', 'Billing', 'target'),
    _genesys.session.listLookupValue('Routing', 'Billing', ''),
    _genesys.session.getListItemValue('Routing', 'Sales', 'target') === undefined,
    _genesys.session.getConfigOption('hours', 'open'),
    _genesys.session.isSpecialDay('holiday', 'UTC'),
    _genesys.session.isSpecialDay('other', 'UTC'),
    _genesys.ixn.firstixnid,
    _genesys.ixn.getuData('segment'),
    Object.keys(_genesys).filter(function (name) { return name.charAt(0) === '$'; })
  ])"/></onentry></state>
</scxml>`;

const FACTS = { interactions: { i1: { media: 'Chat', udata: { segment: 'gold' } } } };
const found = (isSpecial: boolean): string =>
  `found: ${JSON.stringify(['Billing@Stat_Server.GA', { target: 'Billing@Stat_Server.GA', limit: 3 }, true, '09:00', isSpecial, false, 'i1', 'gold', []])}`;

describe('lists, options, special days and interactions', () => {
  it('reach a document in the stepper, also after back()', async () => {
    const s = await stepper(DOCUMENT, { installation: INSTALLATION });
    s.start().send('interaction.added', { interactionid: 'i1' }, FACTS).expectIn('found');
    expect(s.lastLines).to.include(`log ${found(true)}`);
    s.back().expectIn('wait').enqueue('interaction.added', {}, FACTS).macrostep();
    expect(s.lastLines).to.include(`log ${found(true)}`);
  });

  it('are whole items without a key and with an empty one, as in the document keyempty', async () => {
    const item = { target: 'x' };
    const session = createSession(await readCase('keyempty'), {
      installation: { lists: { L: { I: item } } },
    });
    const logs: string[] = [];
    session.onEffect((effect) => effect.kind === 'log' && logs.push(`${effect.label}: ${effect.text}`));
    session.start();
    expect(logs).to.deep.equal([`no key: ${JSON.stringify(item)}`, `empty key: ${JSON.stringify(item)}`]);
  });

  it('reach a restored session, whose snapshot does not hold the lists', async () => {
    const document = await parseDocument(DOCUMENT);
    const first = createSession(document, { installation: INSTALLATION });
    first.start();
    const snapshot = first.snapshot();
    expect(JSON.stringify(snapshot)).not.to.contain('Stat_Server');
    const logs: string[] = [];
    const again = restoreSession(document, snapshot, { installation: INSTALLATION });
    again.onEffect((effect) => effect.kind === 'log' && logs.push(effect.text));
    again.send({ name: 'interaction.added', facts: FACTS });
    expect(logs[0]).to.contain('"Billing@Stat_Server.GA"');
  });

  it('reach orsay run by --lists and --facts', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'orsay-lists-'));
    writeFileSync(join(cwd, 'd.scxml'), DOCUMENT);
    writeFileSync(join(cwd, 'lists.json'), JSON.stringify(INSTALLATION));
    writeFileSync(join(cwd, 'wrong.json'), '{"lsts": {}}');
    const args = [
      'run',
      'd.scxml',
      '--event',
      'interaction.added',
      '--facts',
      JSON.stringify(FACTS),
      '--lists',
    ];
    const { stdout, stderr, code } = await runOrsay([...args, 'lists.json'], { cwd });
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    expect([found(true), found(false)]).to.include(stdout.split('\n')[0]);
    expect(await runOrsay([...args, 'wrong.json'], { cwd })).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: "wrong.json: Expected lists, options or specialDays, got 'lsts'.\n",
    });
    expect((await runOrsay(['run', 'd.scxml', '--facts', '{}'], { cwd })).stderr).to.contain(
      'Expected --event before',
    );
  }).timeout(30_000);

  const WRONG: readonly (readonly [unknown, string])[] = [
    [[], 'Expected an object with lists, options, specialDays, got [].'],
    [{ lists: { L: [] } }, "Expected list 'L' to be an object of its items, got []."],
    [{ lists: 1 }, 'Expected lists to be an object, got 1.'],
    [{ options: { s: 'x' } }, `Expected section 's' to be an object of its options, got "x".`],
    [
      { specialDays: { d: ['1.1.2026'] } },
      `Expected special day 'd' to be an array of dates as 2026-12-25, or 12-25 for every year, got ["1.1.2026"].`,
    ],
  ];
  for (const [value, message] of WRONG) {
    it(`are checked: ${message}`, () => {
      expect(() => parseInstallation(value)).to.throw(message);
    });
  }

  it('have at most MAX_INSTALLATION_CHARS', () => {
    const lists = { L: { item: 'x'.repeat(MAX_INSTALLATION_CHARS) } };
    expect(() => parseInstallation({ lists })).to.throw(
      'at most 8388608 characters (MAX_INSTALLATION_CHARS), got 8388635',
    );
  });
});
