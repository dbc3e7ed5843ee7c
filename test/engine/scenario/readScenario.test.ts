import { expect } from 'chai';
import { readScenario, type Scenario, ScenarioError, writeScenario } from '../../../engine/scenario/index.ts';

const URL_OF_FILE = 'file:///documents/order.scenario.yaml';

function problemsOf(text: string): string {
  try {
    readScenario(text, 'f');
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the reader of scenario files', () => {
  it('reads YAML and knows the location of each field', () => {
    const text = `scenario: 1
document: order.scxml
answers:
  - fetch: /prices/
    replies: [{ status: 503 }, { json: { price: 5 } }]
steps:
  - start
  - advance: 5m
  - expect:
      in: [waiting, paying]
      data:
        _data.price: 5
`;
    const file = readScenario(text, URL_OF_FILE);
    expect(file.scenario).to.deep.equal({
      scenario: 1,
      document: 'order.scxml',
      answers: [{ fetch: '/prices/', replies: [{ status: 503 }, { json: { price: 5 } }] }],
      steps: [
        'start',
        { advance: '5m' },
        { expect: { in: ['waiting', 'paying'], data: { '_data.price': 5 } } },
      ],
    });
    expect(file.place(['steps', 2, 'expect', 'in', 1])).to.deep.equal({
      file: URL_OF_FILE,
      line: 10,
      column: 21,
    });
    expect(file.place(['steps', 2, 'expect', 'data', '_data.price']).line).to.equal(12);
    expect(file.place(['nothing'])).to.deep.equal({ file: URL_OF_FILE, line: 1, column: 1 });
  });

  it('reads back all that is written', () => {
    const scenario: Scenario = {
      scenario: 1,
      name: 'yes',
      document: 'a.scxml',
      dialect: 'ors',
      params: {
        item: '007',
        no: 'no',
        date: '2026-01-01',
        text: 'two\nlines: #',
        deep: [null, { __proto__x: 1 }],
      },
      now: '2026-01-05T09:00:00+01:00',
      seed: 7,
      session: 'S1',
      baseUrl: 'http://orsay.test',
      installation: {
        lists: { l: { i: { k: 1 } } },
        options: { s: { o: 'v' } },
        specialDays: { d: ['2026-12-25'] },
      },
      answers: [
        { fetch: { $matches: '^http' }, method: 'put', reply: 'silence' },
        {
          module: 'queue.submit',
          attributes: { route: true },
          results: [{ done: {} }, { error: { error: 'x' } }, 'silence'],
        },
      ],
      steps: [
        'start',
        { send: 'go', data: [1], facts: { interactions: {} }, child: 'a/b' },
        { request: 'start', as: 'first', reply: { positive: true, bodyHas: { id: { $any: true } } } },
        { answer: { module: 'queue.submit', result: { event: 'x.y', data: {} } } },
        'restart',
        { expect: { child: 'a', in: ['b'], ended: false } },
        {
          expect: {
            replies: { first: null },
            open: [],
            sequence: ['a', { $matches: 'b' }],
            status: 'running',
          },
        },
        { terminate: 'over' },
      ],
    };
    expect(readScenario(writeScenario(scenario, 'one\ntwo'), URL_OF_FILE).scenario).to.deep.equal(scenario);
    expect(readScenario(JSON.stringify(scenario), URL_OF_FILE).scenario).to.deep.equal(scenario);
    expect(writeScenario(scenario, 'one\n\ntwo').split('\n').slice(0, 4)).to.deep.equal([
      '# one',
      '#',
      '# two',
      'scenario: 1',
    ]);
  });

  it('says where a step is unknown, a field wrong or the version another', () => {
    const head = 'scenario: 1\ndocument: a.scxml\nsteps:\n';
    const steps = 'a step (start, restart, send, request, advance, answer, terminate, expect)';
    expect(problemsOf(`${head}  - start\n  - sned: pay\n`)).to.equal(
      `f:5:5: expected ${steps}, got 'sned'. Did you mean 'send'?`,
    );
    expect(problemsOf(`${head}  - strat\n`)).to.equal(
      `f:4:5: expected ${steps}, got 'strat'. Did you mean 'start'?`,
    );
    expect(problemsOf(`${head}  - 7\n`)).to.equal(`f:4:5: expected ${steps}, got a number`);
    expect(problemsOf(`${head}  - send: pay\n    date: 1\n`)).to.equal(
      "f:5:5: unknown field 'date'. Did you mean 'data'?",
    );
    expect(problemsOf(`${head}  - advance: soon\n`)).to.equal(
      "f:4:5: advance: expected a time such as '30s', '200ms' or '5m'",
    );
    expect(problemsOf(`${head}  - expect: { in: waiting }\n`)).to.equal(
      'f:4:15: in: expected a list, got a string',
    );
    expect(problemsOf(`${head}  - expect: { sequence: [{ $matches: '(' }] }\n`)).to.equal(
      'f:4:28: $matches: Invalid regular expression: /(/: Unterminated group',
    );
    expect(problemsOf(`${head}  - expect: { child: a, open: [] }\n`)).to.equal(
      "f:4:25: open: expected no 'open' beside 'child'",
    );
    expect(problemsOf('scenario: 2\nstep: []\n')).to.equal(
      "f:1:1: expected 'scenario: 1', the version of the format, got version 2",
    );
    expect(problemsOf('document: a\nsteps: []\n')).to.equal(
      "f:1:1: expected 'scenario: 1', the version of the format, got no version",
    );
    expect(problemsOf('scenario: 1\nsteps: []\n')).to.equal("f:1:1: expected the field 'document', got none");
    expect(problemsOf(`${head}  - start\nanswers:\n  - fetch: a\n`)).to.equal(
      'f:6:5: expected reply or replies, and not both',
    );
    expect(problemsOf(`${head}  - start\nanswers:\n  - fetch: a\n    reply: { status: 99 }\n`)).to.equal(
      'f:7:14: status: expected at least 100',
    );
  });

  it('says where the text is no YAML', () => {
    expect(problemsOf('scenario: 1\nsteps: [start\n')).to.match(/^f:3:1: /);
    expect(problemsOf('scenario: 1\nscenario: 1\n')).to.equal('f:2:1: Map keys must be unique');
    expect(problemsOf('')).to.equal('f:1:1: expected the fields of a scenario, got nothing');
    expect(problemsOf('- 1')).to.equal('f:1:1: expected the fields of a scenario, got a list');
    expect(problemsOf('scenario: !!js/function 1\n')).to.match(/^f:1:11: Unresolved tag/);
    expect(problemsOf('scenario: 1\n---\nscenario: 1\n')).to.match(
      /^f:2:1: Source contains multiple documents/,
    );
    const nested = 'f:1:1: expected at most 500 open brackets and 1000 characters of indentation, got more';
    expect(problemsOf('['.repeat(100_000))).to.equal(nested);
    expect(problemsOf('- '.repeat(100_000))).to.equal(nested);
    expect(problemsOf('{'.repeat(400))).to.match(/^f:1:/);
    expect(
      problemsOf(`a: &a [${'x, '.repeat(50)}]\nb: &b [${'*a, '.repeat(50)}]\nc: [${'*b, '.repeat(50)}]`),
    ).to.match(/^f:1:1: Excessive alias count/);
    expect(problemsOf(' '.repeat(4 * 1024 * 1024 + 1))).to.equal(
      'f:1:1: expected at most 4194304 characters, got 4194305',
    );
  });

  it('does not take fields of the prototype for its own', () => {
    expect(problemsOf('scenario: 1\ndocument: a\nparams: { __proto__: 1 }\nsteps: []\n')).to.equal(
      "f:3:11: expected another name than '__proto__'",
    );
    expect(problemsOf('scenario: 1\ndocument: a\nsteps: [constructor]\n')).to.match(
      /^f:3:9: expected a step/,
    );
    expect(problemsOf('scenario: 1\ndocument: a\nsteps: [{ toString: 1 }]\n')).to.match(
      /^f:3:9: expected a step/,
    );
  });
});
