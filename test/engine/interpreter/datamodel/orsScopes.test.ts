import { expect } from 'chai';
import type { DataSession } from '../../../../engine/interpreter/datamodel/datamodel.ts';
import { type Code, location, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome } from '../../../support/openCode.ts';

/** State 1 has the children 2 and 3; state 4 is a sibling of state 1. */
const PARENTS = [-1, 0, 1, 1, 0];

function openOrs(codes: readonly Code[], data: readonly string[] = []): DataSession {
  return openCode(codes, { dialect: 'ors', parents: PARENTS, data });
}

describe('ORS variable scopes', () => {
  it('shows the vars of a state only to the state and its descendants', () => {
    const session = openOrs([
      script('var a = 1;', 1),
      value('a', 1),
      value('a', 2),
      value('a', 0),
      value('a', 4),
    ]);
    session.enterScope(1);
    session.run(0);
    session.enterScope(2);
    expect([session.value(1), session.value(2)]).to.deep.equal([1, 1]);
    expect(outcome(() => session.value(3))).to.equal('script: ReferenceError: a is not defined');
    expect(outcome(() => session.value(4))).to.equal('script: ReferenceError: a is not defined');
  });

  it('lets a var of an inner state hide a var of an outer state after its script ran', () => {
    const session = openOrs([
      script("var a = 'outer';"),
      script("var a = 'inner';", 2),
      value('a', 2),
      value('a', 3),
    ]);
    session.run(0);
    session.enterScope(1);
    session.enterScope(2);
    expect(session.value(2)).to.equal('outer');
    session.run(1);
    expect([session.value(2), session.value(3)]).to.deep.equal(['inner', 'outer']);
  });

  it('assigns the innermost variable of the name', () => {
    const session = openOrs([
      script('var a = 0;'),
      script('var a = 0;', 1),
      script('a += 5;', 2),
      value('a', 2),
      value('a', 0),
      location('a', 2),
      value('7'),
    ]);
    session.run(0);
    session.enterScope(1);
    session.run(1);
    session.enterScope(2);
    session.run(2);
    expect([session.value(3), session.value(4)]).to.deep.equal([5, 0]);
    session.assign(5, 6);
    expect([session.value(3), session.value(4)]).to.deep.equal([7, 0]);
  });

  it('creates an undeclared name in the document scope when code assigns it', () => {
    const session = openOrs([
      script('made = 3;', 2),
      value('made', 4),
      value('also = 4', 2),
      value('also', 0),
    ]);
    session.enterScope(2);
    session.run(0);
    expect(session.value(1)).to.equal(3);
    session.value(2);
    expect(session.value(3)).to.equal(4);
  });

  it('faults when <assign> names a variable that does not exist', () => {
    const session = openOrs([location('nope'), value('1'), script('var later;', 1), location('later', 1)]);
    expect(outcome(() => session.assign(0, 1))).to.match(/^location: ReferenceError: nope/);
    session.enterScope(1);
    expect(outcome(() => session.assign(3, 1))).to.match(/^location: ReferenceError: later/);
  });

  it('reads data under _data, and without _data when no scope has the name', () => {
    const session = openOrs(
      [value('_data.a + a', 2), script('a = 5;', 2), value('_data'), location('_data.b.c'), value('1')],
      ['a', 'b'],
    );
    session.initData('a', { value: 2 });
    session.initData('b', { value: {} });
    expect(session.value(0)).to.equal(4);
    session.run(1);
    session.assign(3, 4);
    expect(session.value(2)).to.deep.equal({ a: 5, b: { c: 1 } });
  });

  it('prefers a variable to data of the same name', () => {
    const session = openOrs([script("var a = 'var';", 1), value('a', 1), value('a', 4)], ['a']);
    session.initData('a', { value: 'data' });
    session.enterScope(1);
    expect(session.value(1)).to.equal('data');
    session.run(0);
    expect([session.value(1), session.value(2)]).to.deep.equal(['var', 'data']);
  });

  it('refuses to assign _data, _genesys and the other names of the platform', () => {
    for (const name of ['_data', '_genesys', '_event', '_sessionid', '_my_prefix', '__Log']) {
      const session = openOrs([location(name), value('1'), script(`${name} = 1`)]);
      expect(
        outcome(() => session.assign(0, 1)),
        name,
      ).to.match(/^location: /);
      expect(
        outcome(() => session.run(2)),
        name,
      ).to.match(/^location: /);
    }
  });

  it('hoists a var of a script: it exists after the script ran', () => {
    const session = openOrs([
      script('var a; if (false) { var b = 1; }', 1),
      value('[typeof a, b === undefined]', 2),
    ]);
    session.enterScope(1);
    session.run(0);
    session.enterScope(2);
    expect(session.value(1)).to.deep.equal(['undefined', true]);
  });

  it('destroys the scope of a state on exit, after the content of the transition', () => {
    const session = openOrs([script('var a = 1;', 1), value('a', 1)]);
    session.enterScope(1);
    session.run(0);
    session.exitScope(1);
    expect(session.value(1)).to.equal(1);
    session.enterScope(4);
    expect(outcome(() => session.value(1))).to.equal('script: ReferenceError: a is not defined');
  });

  it('gives a state that is entered again a fresh scope', () => {
    const session = openOrs([script('var a = (typeof a == "undefined" ? 0 : a) + 1;', 1), value('a', 1)]);
    for (let round = 0; round < 2; round += 1) {
      session.enterScope(1);
      session.run(0);
      session.exitScope(1);
    }
    expect(session.value(1)).to.equal(1);
  });

  it('calls functions of an outer script from inner states', () => {
    const session = openOrs([
      script('var n = 1; function bump(by) { n += by; return n; }'),
      value('bump(4)', 3),
      value('n', 0),
    ]);
    session.run(0);
    expect([session.value(1), session.value(2)]).to.deep.equal([5, 5]);
  });

  it('finds variables that eval declares', () => {
    const session = openOrs([
      script("eval('var a = 1; b = 2')", 2),
      value('[a, b]', 2),
      value('a', 1),
      value('b', 4),
    ]);
    session.enterScope(1);
    session.enterScope(2);
    session.run(0);
    expect(session.value(1)).to.deep.equal([1, 2]);
    expect(outcome(() => session.value(2))).to.match(/a is not defined/);
    expect(session.value(3)).to.equal(2);
  });

  it('gives _my_prefix of the nearest included ancestor, undefined elsewhere', () => {
    const session = openCode(
      [value('_my_prefix', 3), value('_my_prefix', 4), value('typeof _my_prefix', 0)],
      {
        dialect: 'ors',
        parents: PARENTS,
        prefixes: { 1: 'sub' },
      },
    );
    expect([session.value(0), session.value(1), session.value(2)]).to.deep.equal([
      'sub',
      undefined,
      'undefined',
    ]);
  });

  it('throws a ReferenceError for an argument object that the caller did not pass', () => {
    const session = openOrs([value('args_.x', 2), value('typeof args_', 2)], []);
    expect(outcome(() => session.value(0))).to.equal('script: ReferenceError: args_ is not defined');
    expect(session.value(1)).to.equal('undefined');
  });

  it('loops with foreach over an undeclared item', () => {
    const session = openOrs([value('[5]', 2), location('item', 2), value('item', 2)]);
    session.openForeach(0).set(0, 1);
    expect(session.value(2)).to.equal(5);
  });

  it('lets loops and functions of a state use its variables', () => {
    const session = openOrs([
      script(
        'var total = 0; for (var i = 0; i < 4; i++) { total += i; } for (var k in { x: 1 }) { total += k; }',
        2,
      ),
      value('[total, i, k]', 2),
    ]);
    session.enterScope(2);
    session.run(0);
    expect(session.value(1)).to.deep.equal(['6x', 4, 'x']);
  });
});

describe('ORS global functions and _genesys', () => {
  const genesys = {
    session: { day: { Sunday: 0, Monday: 1 }, server: { url: 'http://here' } },
    ixn: { interactions: {} },
  };
  const installation = JSON.stringify({
    lists: { Agents: { ann: 'yes', bob: { floor: '2' } } },
    options: { chat: { ttl: '30' } },
    specialDays: { holidays: ['2024-01-01'] },
  });
  const openGenesys = (codes: readonly Code[]) =>
    openCode(codes, { dialect: 'ors', parents: PARENTS, genesys, installation, url: 'http://docs/a.scxml' });

  it('collects requests in order until they are drained', () => {
    const session = openGenesys([
      script(
        "__Log('one'); __Raise('ev', { a: [1] }); _genesys.ixn.setuData({ k: 'v' }, 'i1'); __Log({ a: [1] });",
      ),
    ]);
    expect(session.drainRequests()).to.deep.equal([]);
    session.run(0);
    expect(session.drainRequests()).to.deep.equal([
      { name: 'log', args: ['one'] },
      { name: 'raise', args: ['ev', { a: [1] }] },
      { name: 'ixn.setuData', args: [{ k: 'v' }, 'i1'] },
      { name: 'log', args: ['{"a":[1]}'] },
    ]);
    expect(session.drainRequests()).to.deep.equal([]);
  });

  it('limits the number of requests of a step by name', () => {
    const session = openGenesys([script("for (;;) __Log('x')")]);
    expect(outcome(() => session.run(0))).to.equal('limit MAX_REQUESTS');
  });

  it('gives the URL of the document and the active states, innermost last', () => {
    const session = openGenesys([value('__GetDocumentURL()'), value('__GetCurrentStates()')]);
    session.setConfiguration(['a', 'a.b']);
    expect([session.value(0), session.value(1)]).to.deep.equal(['http://docs/a.scxml', ['a', 'a.b']]);
  });

  it('shows the values of _genesys, and later changes by the host', () => {
    const session = openGenesys([
      value('[_genesys.session.day.Monday, _genesys.session.server.url]'),
      value('typeof _genesys.ixn.interactions.i1'),
      value("_genesys.ixn.getuData('k', 'i1')"),
      value("_genesys.ixn.interactions['i1'].udata"),
    ]);
    expect(session.value(0)).to.deep.equal([1, 'http://here']);
    expect(session.value(1)).to.equal('undefined');
    session.setGenesys(['ixn', 'interactions'], { i1: { udata: { k: 'v' } } });
    expect([session.value(2), session.value(3)]).to.deep.equal(['v', { k: 'v' }]);
    session.setGenesys(['ixn', 'interactions', 'i1'], undefined);
    expect(session.value(1)).to.equal('undefined');
  });

  it('hides the lists and options, but functions read them', () => {
    const session = openGenesys([
      value('Object.keys(_genesys).sort()'),
      value("_genesys.session.getListItemValue('Agents', 'ann')"),
      value("_genesys.session.listLookupValue('Agents', 'bob', 'floor')"),
      value("_genesys.session.getConfigOption('chat', 'ttl')"),
      value("_genesys.session.getListItemValue('None', 'x')"),
      value("[_genesys.session.isSpecialDay('holidays'), _genesys.session.isSpecialDay('x')]"),
    ]);
    expect([0, 1, 2, 3, 4, 5].map((slot) => session.value(slot))).to.deep.equal([
      ['ixn', 'queue', 'session', 'statistic'],
      'yes',
      '2',
      '30',
      undefined,
      [true, false],
    ]);
  });

  it('gives the whole item, section or user data for an empty key, as without a key', () => {
    const session = openGenesys([
      value("_genesys.session.getListItemValue('Agents', 'bob')"),
      ...["''", 'null', 'undefined'].flatMap((key) => [
        value(`_genesys.session.getListItemValue('Agents', 'bob', ${key})`),
        value(`_genesys.session.listLookupValue('Agents', 'bob', ${key})`),
      ]),
      value("_genesys.session.getConfigOption('chat', '')"),
      value("_genesys.ixn.getuData('', 'i1')"),
    ]);
    session.setGenesys(['ixn', 'interactions'], { i1: { udata: { k: 'v' } } });
    const [first, ...others] = [0, 1, 2, 3, 4, 5, 6].map((slot) => session.value(slot));
    expect(first).to.have.property('floor', '2');
    for (const other of others) expect(other).to.deep.equal(first);
    expect(session.value(7)).to.have.property('ttl', '30');
    expect(session.value(8)).to.deep.equal({ k: 'v' });
  });

  it('gives the functions also when the host gives no values', () => {
    const session = openCode(
      [value("typeof _genesys.ixn.setuData + _genesys.session.getConfigOption('a', 'b')")],
      {
        dialect: 'ors',
      },
    );
    expect(session.value(0)).to.equal('functionundefined');
  });

  it('gives time, date and day in a time zone', () => {
    const session = openGenesys([
      value(
        "['ECT', 'GMT', 'EST', 'Asia/Tokyo'].map(function (z) { return _genesys.session.timeInZone(z) + ' ' + _genesys.session.dateInZone(z) + ' ' + _genesys.session.dayInZone(z) })",
      ),
      value("_genesys.session.timeInZone('Nowhere')"),
    ]);
    expect(session.value(0)).to.deep.equal([
      '04:04:05 2024-01-01 1',
      '03:04:05 2024-01-01 1',
      '22:04:05 2023-12-31 0',
      '12:04:05 2024-01-01 1',
    ]);
    expect(outcome(() => session.value(1))).to.match(/^script: RangeError/);
  });

  it('lets no document change _genesys', () => {
    const session = openGenesys([
      script('_genesys.session.day.Monday = 9; _genesys.ixn = 1; _genesys.x = 2;'),
      value('[_genesys.session.day.Monday, typeof _genesys.ixn, typeof _genesys.x]'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal([1, 'object', 'undefined']);
  });
});
