import { expect } from 'chai';
import { NS } from '../document/memoryFiles.ts';
import { logsOf, play } from './play.ts';

const PART = `<scxml ${NS} version="1.0" profile="ecmascript" initial="noboot">
  <final id="noboot"/>
  <state id="entry" initial="$$_MY_PREFIX_$$.first">
    <onentry><script>var mine = args_.word;</script></onentry>
    <state id="first">
      <onentry><send event="'$$_MY_PREFIX_$$.go'"><param name="from" expr="_my_prefix"/></send></onentry>
      <transition event="$$_MY_PREFIX_$$.go" cond="_event.data.from == _my_prefix" target="$$_MY_PREFIX_$$.last"/>
    </state>
    <final id="last"><donedata><param name="word" expr="mine + ' of ' + _my_prefix"/></donedata></final>
  </state>
</scxml>`;

const call = (prefix: string, next: string) =>
  `<state id="${prefix}"><onentry><script>var args_ = { word: 'result' };</script></onentry>
    <xi:include href="part.scxml" parse="xml" xpointer="entry" resolveid="${prefix}"/>
    <transition event="done.state.${prefix}.entry" target="${next}"><log expr="_event.data.word"/></transition></state>`;

/** ors-dialect 2.5. */
describe('included subroutines of the ORS dialect', () => {
  it('run under their prefix, each with its own _my_prefix, and return through donedata', async () => {
    const player = await play(`${call('A', 'B')}${call('B', 'end')}<final id="end"/>`, {
      files: { 'part.scxml': PART },
    });
    expect(player.takeTrace().filter((line) => /^(enter|log|event)/.test(line))).to.deep.equal([
      'enter A',
      'enter A.entry',
      'enter A.first',
      'event A.go',
      'enter A.last',
      'event done.state.A.entry',
      'log result of A',
      'enter B',
      'enter B.entry',
      'enter B.first',
      'event B.go',
      'enter B.last',
      'event done.state.B.entry',
      'log result of B',
      'enter end',
    ]);
  });

  it('have no _my_prefix outside of an include', async () => {
    const player = await play('<state id="s"><onentry><log expr="typeof _my_prefix"/></onentry></state>');
    expect(logsOf(player)).to.deep.equal(['undefined']);
  });

  it('can include scripts as text, relative to the including file', async () => {
    const part = `<state ${NS} xmlns:xi="http://www.w3.org/2001/XInclude" id="p"><onentry><script><xi:include href="../js/b.js" parse="text"/></script><log expr="a + b"/></onentry></state>`;
    const player = await play(
      '<script><xi:include href="js/a.js" parse="text"/></script><xi:include href="parts/p.xml"/>',
      {
        files: {
          'js/a.js': "var a = 'a' // <not xml> &\n",
          'js/b.js': "var b = 'b';",
          'parts/p.xml': part,
        },
      },
    );
    expect(logsOf(player)).to.deep.equal(['ab']);
  });
});
