/** The documents of the benchmarks. Every peer that reads SCXML runs them unchanged. */

export interface BenchDocument {
  readonly name: string;
  readonly what: string;
  readonly xml: string;
  /** The benchmark sends them in this order, again and again. */
  readonly events: readonly string[];
}

const scxml = (name: string, initial: string, body: string): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="${name}" initial="${initial}">${body}</scxml>`;

/** A ring of `size` states s0, s1, … The event `t` moves to the next one; every transition has `content`. */
function ring(size: number, attributes: string, content: string): string {
  return Array.from(
    { length: size },
    (_, n) =>
      `<state id="s${n}"><transition event="t"${attributes} target="s${(n + 1) % size}">${content}</transition></state>`,
  ).join('');
}

const COUNT = '<assign location="count" expr="count + 1"/>';

export const A: BenchDocument = {
  name: 'a',
  what: '3 states in a ring, no expressions',
  xml: scxml('a', 's0', ring(3, '', '')),
  events: ['t'],
};

export const B: BenchDocument = {
  name: 'b',
  what: 'the same with a condition and an assignment',
  xml: scxml(
    'b',
    's0',
    `<datamodel><data id="count" expr="0"/></datamodel>${ring(3, ' cond="count &gt;= 0"', COUNT)}`,
  ),
  events: ['t'],
};

export const REGIONS = 7;
export const RINGS = 2;
export const RING_SIZE = 11;

/** For each ring: an event that moves this ring, then an event that moves all. */
const ringEvents = Array.from({ length: REGIONS * RINGS }, (_, n) => [
  `m${Math.floor(n / RINGS)}x${n % RINGS}`,
  'all',
]).flat();

function cRing(region: number, index: number): string {
  const id = `${region}x${index}`;
  const states = Array.from(
    { length: RING_SIZE },
    (_, n) =>
      `<state id="s${id}n${n}"><transition event="m${id} all" target="s${id}n${(n + 1) % RING_SIZE}"/></state>`,
  ).join('');
  return `<state id="ring${id}" initial="s${id}n0">${states}</state>`;
}

export const C: BenchDocument = {
  name: 'c',
  what: '200 states: 7 regions, each with a parallel of 2 rings of 11; one ring moves, all move, out and in again',
  xml: scxml(
    'c',
    'work',
    `<parallel id="work"><transition event="leave" target="out"/>${Array.from(
      { length: REGIONS },
      (_, region) =>
        `<state id="region${region}"><parallel id="rings${region}">${cRing(region, 0)}${cRing(region, 1)}</parallel></state>`,
    ).join('')}</parallel><state id="out" initial="o0"><transition event="enter" target="work"/>${Array.from(
      { length: 15 },
      (_, n) => `<state id="o${n}"/>`,
    ).join('')}</state>`,
  ),
  events: [...ringEvents, 'leave', 'enter'],
};

const DATA = Array.from({ length: 9 }, (_, n) => `<data id="d${n}" expr="${n}"/>`).join('');

export const R: BenchDocument = {
  name: 'r',
  what: '25 states, 10 data; each event: log, three assigns, if, send with delay, cancel',
  xml: scxml(
    'r',
    'all',
    `<datamodel><data id="count" expr="0"/>${DATA}</datamodel><state id="all" initial="s0">${ring(
      24,
      ' cond="count &gt;= 0"',
      `<cancel sendid="late"/><log label="n" expr="count"/>${COUNT}<assign location="d1" expr="d1 + 2"/><assign location="d2" expr="d1 - count"/><if cond="count % 2 == 0"><assign location="d3" expr="count"/><else/><assign location="d4" expr="count"/></if><send id="late" event="late" delay="60s"/>`,
    )}</state>`,
  ),
  events: ['t'],
};

/** A document of `size` states. The event moves between two of them. */
export function large(size: number): BenchDocument {
  return {
    name: `of ${size} states`,
    what: `${size} states; an event runs the same content whatever their number`,
    xml: scxml(
      'large',
      's0',
      `<datamodel><data id="count" expr="0"/></datamodel>${ring(2, ' cond="count &gt;= 0"', COUNT)}${Array.from(
        { length: size - 2 },
        (_, n) => `<state id="x${n}"><transition event="u${n}" target="s0"/></state>`,
      ).join('')}`,
    ),
    events: ['t'],
  };
}

/**
 * LCCA.N of uSCXML: N regions, each N compound states deep. The innermost state moves to a sibling, which
 * returns to `mark`.
 */
export function lcca(n: number): string {
  const region = (r: number): string => {
    const leaf = `<state id="a${r}"><transition target="b${r}"/></state><state id="b${r}"><transition target="mark"/></state>`;
    const open = Array.from({ length: n }, (_, depth) => `<state id="c${r}_${depth}">`).join('');
    return `${open}${leaf}${'</state>'.repeat(n)}`;
  };
  return scxml(
    'lcca',
    'mark',
    `<parallel id="mark">${Array.from({ length: n }, (_, r) => region(r)).join('')}</parallel>`,
  );
}

/**
 * Transitions.N of uSCXML: N regions with N eventless transitions each. All of them conflict and return to
 * `mark`.
 */
export function transitions(n: number): string {
  const all = '<transition target="mark"/>'.repeat(n);
  const regions = Array.from({ length: n }, (_, r) => `<state id="r${r}">${all}</state>`).join('');
  return scxml('transitions', 'mark', `<parallel id="mark">${regions}</parallel>`);
}
