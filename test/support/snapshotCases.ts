import type { StepInput } from '../../engine/interpreter/execution.ts';

/**
 * A session whose snapshot is stored: `before` are its inputs before the snapshot, `after` its inputs after
 * it.
 */
export interface SnapshotCase {
  readonly name: string;
  readonly url: string;
  readonly sources: readonly { readonly url: string; readonly text: string }[];
  readonly before: readonly StepInput[];
  readonly after: readonly StepInput[];
}

const BASE = 'http://documents.test/';

function event(name: string, data?: { readonly [name: string]: string | number }): StepInput {
  return { kind: 'event', event: { name, ...(data !== undefined && { data }) } };
}

function single(name: string, text: string): Pick<SnapshotCase, 'name' | 'url' | 'sources'> {
  const url = `${BASE}${name}.scxml`;
  return { name, url, sources: [{ url, text }] };
}

export const SNAPSHOT_CASES: readonly SnapshotCase[] = [
  {
    ...single(
      'history',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="visits" expr="0"/></datamodel>
  <state id="room">
    <history id="last" type="deep"><transition target="a"/></history>
    <parallel id="both">
      <state id="left"><state id="a"><transition event="next" target="b"/></state><state id="b"/></state>
      <state id="right"><state id="c"><transition event="next" target="d"/></state><state id="d"/></state>
    </parallel>
    <transition event="leave" target="hall"/>
  </state>
  <state id="hall">
    <onentry><assign location="visits" expr="visits + 1"/></onentry>
    <transition event="back" target="last"/>
  </state>
</scxml>`,
    ),
    before: [event('next'), event('leave')],
    after: [event('back'), event('leave'), event('back')],
  },
  {
    ...single(
      'timers',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="log" expr="[]"/><data id="draw" expr="0"/></datamodel>
  <state id="waiting">
    <onentry>
      <send id="first" event="tick" delay="10s"><param name="n" expr="1"/></send>
      <send id="second" event="tick" delay="20s"><param name="n" expr="2"/></send>
    </onentry>
    <transition event="tick"><script>log.push(_event.data.n); draw = Math.random()</script></transition>
    <transition event="stop"><cancel sendid="second"/></transition>
  </state>
</scxml>`,
    ),
    before: [],
    after: [
      { kind: 'timer', key: 'timer1' },
      { kind: 'timer', key: 'timer1' },
      event('stop'),
      { kind: 'timer', key: 'timer2' },
    ],
  },
  {
    ...single(
      'invoking',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="answer" expr="null"/></datamodel>
  <state id="asking">
    <invoke id="child" type="scxml" src="child.scxml" autoforward="true">
      <param name="question" expr="'why'"/>
      <finalize><assign location="answer" expr="_event.data.text"/></finalize>
    </invoke>
    <transition event="done.invoke.child" target="answered"/>
    <transition event="tired" target="alone"/>
  </state>
  <state id="answered"/>
  <state id="alone"/>
</scxml>`,
    ),
    before: [],
    after: [
      event('any'),
      { kind: 'event', event: { name: 'said', invokeid: 'child', data: { text: 'because' } } },
      event('tired'),
    ],
  },
  {
    ...single(
      'data',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel>
    <data id="shared" expr="({ count: 1 })"/>
    <data id="graph" expr="({ a: shared, b: shared, when: new Date(86400000), pattern: /x+/gi, nothing: undefined, nan: NaN })"/>
    <data id="counter" expr="null"/>
  </datamodel>
  <script>graph.self = graph; function grow(by) { shared.count += by; return shared.count; }</script>
  <state id="s"><transition event="grow"><assign location="counter" expr="[grow(_event.data.by), graph.a.count, graph.self === graph, graph.when.getTime(), graph.pattern.test('XX')]"/></transition></state>
</scxml>`,
    ),
    before: [event('grow', { by: 2 })],
    after: [event('grow', { by: 3 })],
  },
  {
    ...single(
      'closures',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="seen" expr="[]"/></datamodel>
  <script>
    function plain(n) { return n + 1; }
    var counter = (function () {
      var count = 0;
      function up(by) { count += by; return count; }
      return { up: up, twice: up.bind(null, 2), get last() { return count; }, list: [1, 2].map(function (n) { return () => n++ + count; }) };
    })();
    var after = function (n) { return n * 2; };
  </script>
  <state id="s"><transition event="up"><assign location="seen" expr="[counter.up(_event.data.by), counter.twice(), counter.last, counter.list[1](), plain(1), after(2)]"/></transition></state>
</scxml>`,
    ),
    before: [event('up', { by: 2 })],
    after: [event('up', { by: 3 }), event('up', { by: 1 })],
  },
  {
    ...single(
      'prelude',
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript">
  <datamodel><data id="seen" expr="[]"/><data id="made" expr="null"/></datamodel>
  <script>
    var unit = 10;
    function total(n) { return half(n) * unit + kept(1); }
    function half(n) { return n / 2; }
    function kept(n) { return n + 1; }
  </script>
  <script>var other = kept; { function inBlock(n) { return half(n) - 1; } } var none = NaN;</script>
  <state id="s">
    <transition event="up"><assign location="_data.seen" expr="[total(_event.data.by), other(2), inBlock(8), none]"/></transition>
    <transition event="change"><script>unit = _event.data.by; none = 0;</script></transition>
  </state>
</scxml>`,
    ),
    before: [event('up', { by: 2 })],
    after: [event('up', { by: 4 }), event('change', { by: 5 }), event('up', { by: 4 })],
  },
  {
    name: 'ors',
    url: `${BASE}ors.scxml`,
    sources: [
      {
        url: `${BASE}ors.scxml`,
        text: `<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:xi="http://www.w3.org/2001/XInclude"
  xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws" version="1.0"
  profile="ecmascript" initial="asking">
  <datamodel><data id="reqid" expr="''"/><data id="asked" expr="''"/></datamodel>
  <xi:include href="part.xml"/>
</scxml>`,
      },
      {
        url: `${BASE}part.xml`,
        text: `<state id="asking" xmlns="http://www.w3.org/2005/07/scxml" xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws">
  <onentry><session:fetch requestid="_data.reqid" srcexpr="'http://crm.test/customer'" method="'get'"/></onentry>
  <transition event="ask"><script>_data.asked = _event.sendid;</script></transition>
  <transition event="session.fetch.done" cond="_event.data.requestid == _data.reqid">
    <ws:response requestid="_data.asked"><param name="content" expr="_event.data.content"/></ws:response>
  </transition>
</state>`,
      },
    ],
    before: [{ kind: 'event', event: { name: 'ask', sendid: 'R1', data: {} } }],
    after: [event('session.fetch.done', { requestid: 'nobody', content: 'x' })],
  },
];
