import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="pricing"
       xmlns:session="www.genesyslab.com/modules/session">
  <datamodel>
    <data id="item"/>
    <data id="price" expr="0"/>
  </datamodel>
  <state id="pricing">
    <onentry>
      <session:fetch srcexpr="'https://shop.example/prices/' + _data.item" method="'get'"/>
    </onentry>
    <transition event="session.fetch.done" target="waiting">
      <assign location="_data.price" expr="JSON.parse(_event.data.content).price"/>
    </transition>
    <transition event="error.session.fetch" target="failed"/>
  </state>
  <state id="waiting">
    <onentry>
      <send id="late" event="'too.late'" delay="'10m'"/>
    </onentry>
    <onexit>
      <cancel id="'late'"/>
    </onexit>
    <transition event="pay" cond="_event.data.amount &gt;= _data.price" target="paid"/>
    <transition event="too.late" target="failed"/>
  </state>
  <final id="paid"/>
  <final id="failed"/>
</scxml>`;

describe('orsay step', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-step-'));
    writeFileSync(join(folder, 'order.scxml'), DOCUMENT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const step = (commands: readonly string[], ...args: readonly string[]) =>
    runOrsay(['step', 'order.scxml', '--param', 'item=tea', ...args], {
      cwd: folder,
      input: commands.join('\n'),
    });

  it('plays commands of the standard input, and prints what each did', async () => {
    const { code, stdout, stderr } = await step([
      'run',
      'open',
      'break state waiting',
      'answer 1 ok {"price": 5}',
      'run',
      'timers',
      'send pay {"amount": 2}',
      'advance 9m',
      'back 2',
      'advance 10m',
      'back',
      'set _data.price = 1',
      'send pay {"amount": 2}',
    ]);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout.split('\n')).to.deep.equal([
      '  transition scxml -> pricing',
      '  enter pricing',
      '  fetch GET https://shop.example/prices/tea',
      '  data item: (none) -> "tea"',
      '  data price: (none) -> 0',
      'no input waits',
      'in pricing',
      '1  session.fetch {"srcexpr":"https://shop.example/prices/tea","method":"get"}',
      '1  state waiting',
      '  event session.fetch.done',
      '  exit pricing',
      '  transition pricing -> waiting',
      '  enter waiting',
      '  timer in 600000ms',
      '  data price: 0 -> 5',
      'stopped at the breakpoint state waiting',
      'in waiting',
      'no input waits',
      'in waiting',
      '1  too.late in 600s (late)',
      "  event pay  (no effect: condition '_event.data.amount >= _data.price' is false (order.scxml:23:29))",
      'no input waits',
      'in waiting',
      'no input waits',
      'in waiting',
      'in waiting',
      '  event too.late',
      '  exit waiting',
      '  transition waiting -> failed',
      '  enter failed',
      '  exit failed',
      `  log error.notallowed: Not handled: {"sendid":"late","document":"order.scxml","element":"cancel","linenumber":21}`,
      'the session has ended',
      'in failed',
      'in waiting',
      '  data price: 5 -> 1',
      'in waiting',
      '  event pay',
      '  timer cancelled',
      '  exit waiting',
      '  transition waiting -> paid',
      '  enter paid',
      '  exit paid',
      'the session has ended',
      'in paid',
      '',
    ]);
  });

  it('shows the chart and the source, with the place and the active states', async () => {
    const { stdout } = await step(['run', 'answer 1 unreachable', 'back', 'chart', 'source waiting']);
    const lines = stdout.split('\n');
    expect(lines.slice(-21, -1)).to.deep.equal([
      'in pricing',
      '* pricing  :7',
      '  waiting  :16',
      '  paid [final]  :26',
      '  failed [final]  :27',
      ...DOCUMENT.split('\n')
        .slice(10, 25)
        .map((line, index) => `${index === 5 ? '>' : ' '} ${index + 11}  ${line}`),
    ]);
  });

  it('prints a JSON object for each command, the first before any', async () => {
    const { stdout } = await step(['step', 'accepts', 'nonsense'], '--json');
    const objects = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(
      objects.map(({ status, configuration, stop, refused }) => [status, configuration, stop, refused]),
    ).to.deep.equal([
      ['running', [], undefined, undefined],
      ['running', ['pricing'], 'step', undefined],
      ['running', ['pricing'], undefined, undefined],
      ['running', ['pricing'], undefined, true],
    ]);
    expect(objects[1].open).to.deep.equal([
      {
        requestId: objects[1].open[0].requestId,
        name: 'session.fetch',
        attributes: { srcexpr: 'https://shop.example/prices/tea', method: 'get' },
        params: {},
      },
    ]);
    expect([objects[2].lines, objects[3].lines]).to.deep.equal([
      ['session.fetch.done', 'error.session.fetch'],
      ["Expected a command, got 'nonsense'. 'help' lists them."],
    ]);
  });

  it('says what it expected of each command, and exits with 1', async () => {
    const { code, stderr } = await step([
      'nonsense',
      'answer 1 ok',
      'run',
      'answer 2 ok',
      'answer 1 maybe',
      'answer 1 ok {',
      'answer 1 status 42',
      'fire 1',
      'advance soon',
      'send',
      'set price 4',
      'print nobody.knows',
      'print (',
      'break',
      'break state waitin',
      'break corner 4',
      'break line other.scxml:4',
      'delete 1',
      'back 7',
      'source nowhere',
    ]);
    // Later versions of Node.js add the line to the message of JSON.parse.
    expect([
      code,
      stderr
        .replace(/ \(line .*\)/, '')
        .trimEnd()
        .split('\n'),
    ]).to.deep.equal([
      1,
      [
        "Expected a command, got 'nonsense'. 'help' lists them.",
        "Expected the number of an open request (there is none), got '1'.",
        "Expected the number of an open request (1 to 1), got '2'.",
        "Expected ok, text, status, unreachable, timeout, done, error or event, got 'maybe'.",
        "Expected JSON, got '{': Expected property name or '}' in JSON at position 1",
        "Expected a status, got '42'.",
        "Expected the number of a timer (there is none), got '1'.",
        "Expected a time as 30s, 5m or 200ms, got 'soon'.",
        'Expected the name of an event, got none.',
        "Expected LOCATION = JSON, got 'price 4'.",
        'ReferenceError: nobody is not defined',
        'SyntaxError: Expected an expression, got the end of the expression',
        "Expected the id of a state, got 'waitin'. Did you mean 'waiting'?",
        "Expected state ID, event NAME, line [FILE:]N or if EXPRESSION, got 'corner 4'.",
        "Expected a file of the document, got 'other.scxml'.",
        "Expected the number of a breakpoint, got '1'.",
        'Expected to go back 1 to 1 commands, got 7.',
        "Expected the id of a state, got 'nowhere'.",
      ],
    ]);
  });

  it('tells once that a file of the document has changed', async () => {
    async function* input() {
      yield 'run\n';
      writeFileSync(join(folder, 'order.scxml'), DOCUMENT.replace("'10m'", "'9m'"));
      yield 'accepts\naccepts\n';
    }
    const { code, stderr } = await runOrsay(['step', 'order.scxml'], { cwd: folder, input: input() });
    expect([code, stderr]).to.deep.equal([
      0,
      'order.scxml:18:50: the file has changed; the session goes on with the text with which it began.\n',
    ]);
  });

  it('prints the problems of a document that does not load', async () => {
    writeFileSync(join(folder, 'order.scxml'), DOCUMENT.replace('target="failed"', 'target="gone"'));
    const { code, stderr } = await step(['run']);
    expect([code, stderr.split(': ').slice(0, 2)]).to.deep.equal([
      1,
      ['order.scxml:14:45', 'TARGET_UNKNOWN'],
    ]);
  });
});
