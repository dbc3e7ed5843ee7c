import { expect } from 'chai';
import { script, value } from '../../../support/expressionDocument.ts';
import { ESCAPES, PROBE, TRACES } from '../../../support/hostileCode.ts';
import { openCode, outcome } from '../../../support/openCode.ts';

describe('Escapes from document code', () => {
  const SECRET = 'the secret of the environment';

  before(() => {
    process.env.ORSAY_SECRET = SECRET;
  });

  after(() => {
    delete process.env.ORSAY_SECRET;
  });

  for (const attack of ESCAPES) {
    it(`read nothing of the host: ${attack}`, () => {
      for (const dialect of ['w3c', 'ors'] as const) {
        const session = openCode(
          [
            value(attack),
            script(`var got = ${attack}`),
            script(`got = (${attack})`),
            value('got'),
            script(attack),
          ],
          { dialect, data: ['got'] },
        );
        session.setEvent({ name: 'e', type: 'external', data: { a: 1 } });
        session.initData('got', { value: null });
        const seen: unknown[] = [outcome(() => session.value(0)), outcome(() => session.text(0))];
        for (const slot of [1, 2, 4]) {
          seen.push(
            outcome(() => session.run(slot)),
            outcome(() => session.value(3)),
            outcome(() => session.text(3)),
          );
        }
        const shown = JSON.stringify(seen);
        expect(shown).to.not.include(SECRET);
        expect(shown).to.not.match(/file:|\.ts:|node:|\[object (global|process)\]/);
      }
    });
  }

  it('find no stack in errors', () => {
    const session = openCode([
      value('(function () { try { null.x } catch (e) { return String(e.stack) } })()'),
    ]);
    expect(session.value(0)).to.equal('undefined');
  });

  for (const trace of TRACES) {
    it(`leave nothing for another session: ${trace}`, () => {
      const fresh = openCode([value(PROBE)]).value(0);
      const attacker = openCode([script(trace), value(trace)]);
      outcome(() => attacker.run(0));
      outcome(() => attacker.value(1));
      expect(openCode([value(PROBE)]).value(0)).to.equal(fresh);
    });
  }

  for (const way of ['f.caller', 'f["cal" + "ler"]', 'eval("f.caller")']) {
    it(`leave nothing in the compiled code that sessions share, and that ${way} shows`, () => {
      const session = openCode([
        script(`function f() { return ${way} }`),
        script('var code = f(); code.x = 1;'),
        value('(eval("var made = f(); made.x = 1; typeof made.x"))'),
        value('[typeof code, typeof code.x]'),
      ]);
      for (const slot of [0, 1]) session.run(slot);
      expect(session.value(2)).to.equal('undefined');
      expect(session.value(3)).to.deep.equal(['function', 'undefined']);
    });
  }

  it('find nothing of another session of the same document', () => {
    const codes = [
      script(
        'var list = []; function add(x) { list.push(x); add.count = (add.count || 0) + 1; return list; }',
      ),
      value('add(1)'),
      value('[list, add.count]'),
    ];
    const first = openCode(codes);
    const second = openCode(codes);
    for (const session of [first, second]) session.run(0);
    first.value(1);
    first.value(1);
    second.value(1);
    expect([first.value(2), second.value(2)]).to.deep.equal([
      [[1, 1], 2],
      [[1], 1],
    ]);
  });
});
