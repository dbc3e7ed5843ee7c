import type { Random } from './random.ts';

/** Events that move the generated regions. Each also does one piece of work in the region 'book'. */
export const WORK = ['work.a', 'work.b', 'work.c'] as const;

/**
 * A generated document. The region `book` records the work of every event: `order` (keys of events, as
 * processed), `ticks` (timers that fired, by key), `fetched` (answers of the recorder), `notes` (events from
 * other sessions). The other regions are random trees of states that the same events move through.
 */
export function ledgerDocument(random: Random, recorderUrl: string): string {
  const regions = Array.from({ length: 1 + random.below(3) }, (_, index) => region(random, `r${index}`));
  return `<?xml version="1.0"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"
  xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel>
    <data id="order" expr="[]"/><data id="ticks" expr="({})"/><data id="fetched" expr="({})"/>
    <data id="notes" expr="({})"/><data id="faults" expr="[]"/><data id="entries" expr="0"/>
  </datamodel>
  <script>function count(table, k) { table[k] = (table[k] || 0) + 1; }</script>
  <parallel id="root">
    <state id="book">
      <transition event="work.*">
        <script>order.push(_event.data.k)</script>
        <send event="tick" delayexpr="_event.data.delay + 'ms'"><param name="k" expr="_event.data.k"/></send>
        <session:fetch srcexpr="'${recorderUrl}/fetch?k=' + _event.data.k" method="'get'"/>
        <if cond="_event.data.to !== undefined">
          <send targetexpr="'#_scxml_' + _event.data.to" event="note"><param name="k" expr="_event.data.k"/></send>
        </if>
        <if cond="_event.sendid !== undefined">
          <ws:response requestid="_event.sendid"><param name="position" expr="order.length"/></ws:response>
        </if>
      </transition>
      <transition event="tick"><script>count(ticks, _event.data.k)</script></transition>
      <transition event="note"><script>count(notes, _event.data.k)</script></transition>
      <transition event="session.fetch.done"><script>count(fetched, JSON.parse(_event.data.content).k)</script></transition>
      <transition event="error.*"><script>faults.push(_event.name + ' ' + JSON.stringify(_event.data))</script></transition>
    </state>
    ${regions.join('\n    ')}
  </parallel>
</scxml>`;
}

/** A compound state of 2 to 4 children, some of them compound themselves, some with a history. */
function region(random: Random, id: string, depth = 0): string {
  const children = Array.from({ length: 2 + random.below(3) }, (_, index) => `${id}_${index}`);
  const history = random.chance(0.4)
    ? `<history id="${id}_h" type="deep"><transition target="${random.pick(children)}"/></history>`
    : '';
  const targets = history === '' ? children : [...children, `${id}_h`];
  const bodies = children.map((child) => {
    const transitions = WORK.filter(() => random.chance(0.7)).map((event) => {
      const cond = random.chance(0.3) ? ` cond="entries % ${2 + random.below(3)} !== 0"` : '';
      return `<transition event="${event}"${cond} target="${random.pick(targets)}"/>`;
    });
    const inner = depth < 2 && random.chance(0.4) ? region(random, `${child}n`, depth + 1) : '';
    return `<state id="${child}"><onentry><assign location="entries" expr="entries + 1"/></onentry>${transitions.join('')}${inner}</state>`;
  });
  const back = random.chance(0.5) ? `<transition event="work.c" target="${random.pick(targets)}"/>` : '';
  return `<state id="${id}">${history}${bodies.join('')}${back}</state>`;
}
