import { expect } from 'chai';
import fc from 'fast-check';
import type { Stepper } from '../../../engine/interpreter/stepper/index.ts';
import { ownId, type SessionId } from '../../../engine/ports/index.ts';
import { type FamilyTrace, readTrace, stepperAfter, type TraceStep } from '../../../engine/trace/index.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { exportedTrace, type RecordingHost, recordingHost } from '../../support/recordingHost.ts';
import { runsOf } from '../../support/runLength.ts';

const HEAD =
  'xmlns="http://www.w3.org/2005/07/scxml" xmlns:session="http://www.genesyslab.com/modules/session"';

/**
 * A session of a random family. Modulo 10, outside events come at times 0 and timers of depth d at 1 + d.
 * Delayed events come 6 after the event that causes them, so those of several sessions can come together.
 */
interface Plan {
  /** Each tells the invoking session, and draws a random number. */
  readonly ticks: readonly number[];
  /** Events to each invoked session when 'go' or 'ping' comes. */
  readonly pings: number;
  readonly delay: number;
  readonly fetches: boolean;
  /** The first tick ends the session. */
  readonly ends: boolean;
  readonly children: readonly Plan[];
}

/** Keeps the events that it got by their senders, since only the order of one sender is certain. */
function documentOf(plan: Plan, depth = 0): string {
  const { ticks, pings, delay, fetches, ends, children } = plan;
  const tell = (n: string): string =>
    depth === 0 ? '' : `<send target="'#_parent'" event="'told'"><param name="n" expr="${n}"/></send>`;
  const heard =
    "<script>(heard[_event.invokeid || 'other'] = heard[_event.invokeid || 'other'] || []).push([_event.name, _event.data &amp;&amp; _event.data.n]);</script>";
  const timers = ticks
    .map((at, n) => `<send event="'tick.${n}'" delay="'${10 * at + 1 + depth}ms'"/>`)
    .join('');
  const invokes = children.map(
    (child, n) =>
      `<invoke id="c${n}" type="scxml"><content>${documentOf(child, depth + 1)}</content></invoke>`,
  );
  const down = children.flatMap((_, child) =>
    Array.from({ length: pings }, (__, n) => {
      const late = n % 2 === 0 ? '' : ` delay="'${10 * delay + 6}ms'"`;
      return `<send target="'#_c${child}'" event="'ping'"${late}><param name="n" expr="${n}"/></send>`;
    }),
  );
  const fetch = fetches ? `<session:fetch srcexpr="'http://other.test/a'"/>` : '';
  return `<scxml ${HEAD} version="1.0" profile="ecmascript" initial="on">
    <datamodel><data id="heard" expr="({})"/><data id="ticked" expr="0"/><data id="luck" expr="Math.random()"/></datamodel>
    <state id="on">${invokes.join('')}<onentry>${timers}</onentry>
      ${ends ? '<transition event="tick.0" target="over"/>' : ''}
      <transition event="tick"><script>ticked += 1; luck = Math.random();</script>${tell('ticked')}</transition>
      <transition event="go">${down.join('')}${fetch}</transition>
      <transition event="ping">${heard}${down.join('')}${fetch}${tell('_event.data.n')}</transition>
      <transition event="leave" target="off"/>
      <transition event="told done.invoke error session.fetch">${heard}</transition>
    </state>
    <state id="off"><transition event="go" target="on"/><transition event="*">${heard}</transition></state>
    <final id="over"><donedata><param name="n" expr="ticked"/></donedata></final>
  </scxml>`;
}

/** `below`: levels of invoked sessions. */
function plansOf(below: number): fc.Arbitrary<Plan> {
  return fc.record({
    ticks: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
    pings: fc.integer({ min: 0, max: 3 }),
    delay: fc.integer({ min: 1, max: 10 }),
    fetches: fc.boolean(),
    ends: fc.boolean(),
    children: below === 0 ? fc.constant([]) : fc.array(plansOf(below - 1), { maxLength: 2 }),
  });
}

const plans = plansOf(2);

const actions = fc.array(
  fc.oneof(fc.constantFrom('go', 'leave', 'ping', 'answer'), fc.integer({ min: 1, max: 30 })),
  {
    minLength: 2,
    maxLength: 8,
  },
);

/** Plays the actions on a host, each at a time of its own. */
async function play(host: RecordingHost, list: readonly (string | number)[]): Promise<void> {
  const { clock, durable } = host;
  let answered = 0;
  for (const action of list) {
    if (action === 'answer') {
      const [requestid, asker] = [host.requests[answered], host.askers[answered]];
      if (requestid === undefined || asker === undefined) continue;
      answered += 1;
      const event = { name: 'session.fetch.done', data: { requestid, n: answered } };
      await host.host.publish(asker, event).catch(() => undefined);
    } else if (typeof action === 'string') {
      await host.host.publish(host.sessionId, { name: action, data: { n: 0 } }).catch(() => undefined);
    }
    await durable.idle();
    await clock.advance(typeof action === 'number' ? 10 * action : 10, () => durable.idle());
  }
}

interface Taken {
  readonly session: string;
  readonly step: TraceStep;
}

function stepsOf({ sessions }: FamilyTrace): readonly Taken[] {
  return sessions
    .flatMap(({ start, steps }) => steps.map((step) => ({ session: start.sessionId, step })))
    .sort((a, b) => a.step.at - b.step.at || a.step.order - b.step.order);
}

/** Gives the fork what came from outside after its step. */
function goOn(fork: Stepper, later: readonly Taken[], root: string): void {
  for (const { session, step } of later) {
    const { input, at } = step;
    if (input.kind !== 'event') continue;
    const { name, data, invokeid, origin } = input.event;
    const isAnswer = name === 'session.fetch.done';
    if (!isAnswer && (session !== root || invokeid !== undefined || origin !== undefined)) continue;
    if (fork.status !== 'running') return;
    fork.advance(at - fork.now);
    const { requestid, n } = data as { readonly requestid: string; readonly n: number };
    if (!isAnswer) {
      fork.send(name, data);
      continue;
    }
    fork.enqueueAnswer(requestid).event(name, { n });
    fork.advance(0);
  }
}

/** Configuration and data of the session and of all that run below it. */
function familyOf(fork: Stepper, plan: Plan, path: string): object {
  const one = path === '' ? fork : fork.child(path);
  if (one === undefined) return {};
  const below = plan.children.map((child, n) =>
    familyOf(fork, child, path === '' ? `c${n}` : `${path}/c${n}`),
  );
  return { [one.id]: [[...one.configuration], one.data], ...Object.assign({}, ...below) };
}

/** A family that was played on a host, with its trace and the steps in their order. */
interface Forked {
  readonly plan: Plan;
  readonly list: readonly (string | number)[];
  readonly host: RecordingHost;
  readonly trace: FamilyTrace;
  readonly steps: readonly Taken[];
}

async function recorded(plan: Plan, list: readonly (string | number)[]): Promise<Forked> {
  const host = await recordingHost({ '/parent.scxml': documentOf(plan) });
  await play(host, list);
  const trace = readTrace(exportedTrace(host), 'trace');
  return { plan, list, host, trace, steps: stepsOf(trace) };
}

/** Forks the session after that many steps; the fork goes on as the sessions did. */
async function checkFork({ plan, list, host, trace, steps }: Forked, taken: number): Promise<void> {
  const fork = await stepperAfter(trace, { steps: taken });
  await fork.settled();
  fork.advance(0);
  goOn(fork, steps.slice(taken), host.sessionId);
  if (fork.status === 'running') fork.advance(host.clock.now() - fork.now);
  const expected: { [id: string]: unknown } = {};
  const found = familyOf(fork, plan, '');
  for (const id of new Set([...Object.keys(found), host.sessionId])) {
    const { configuration, data } = (await host.host.query(ownId<SessionId>(id)))!;
    expected[id] = [configuration, data];
  }
  const message = JSON.stringify({ plan, list, taken });
  expect(found, message).to.deep.equal(expected);
  const running = await host.host.list({ status: 'running' });
  if (fork.status === 'running') expect(Object.keys(found).length, message).to.equal(running.length);
}

/**
 * At 296 ms, two delayed events are due together. The session c1 sent one of them before its invoking session
 * sent the other. The forks after step 127 have both as timers.
 */
const TOGETHER: readonly [Plan, readonly (string | number)[]] = [
  {
    ...{ ticks: [6, 5], pings: 2, delay: 4, fetches: false, ends: false },
    children: [
      {
        ...{ ticks: [30, 37, 7], pings: 2, delay: 2, fetches: false, ends: true },
        children: [
          { ticks: [3, 28], pings: 2, delay: 4, fetches: false, ends: false, children: [] },
          { ticks: [], pings: 2, delay: 4, fetches: false, ends: true, children: [] },
        ],
      },
      {
        ...{ ticks: [], pings: 3, delay: 10, fetches: true, ends: false },
        children: [{ ticks: [5, 23], pings: 1, delay: 2, fetches: true, ends: false, children: [] }],
      },
    ],
  },
  ['go', 17, 'ping', 'ping', 5, 'go', 18, 'answer'],
];

/**
 * At 46 ms, a delayed event of the first session is due, and one of the session that it invoked. The second
 * one fires before the first one comes to that session, and causes another event there.
 */
const DUE_TOGETHER: readonly [Plan, readonly (string | number)[]] = [
  {
    ...{ ticks: [], pings: 2, delay: 4, fetches: false, ends: false },
    children: [
      {
        ...{ ticks: [34, 2], pings: 2, delay: 4, fetches: true, ends: true },
        children: [{ ticks: [9], pings: 2, delay: 5, fetches: false, ends: false, children: [] }],
      },
    ],
  },
  ['go', 'go', 2],
];

/** ORSAY_FORKS makes the run longer: 10,000 take a quarter of an hour. */
const FORKS = Number(process.env.ORSAY_FORKS ?? runsOf({ sample: 20, all: 400 }));

describe('a fork of a traced session', () => {
  it('keeps the order of delayed events that several sessions sent for the same time', async () => {
    const forked = await recorded(...TOGETHER);
    expect(forked.steps.length).to.equal(197);
    await checkFork(forked, 128);
    await forked.host.durable.stop();
  });

  it('fires timers that are due together before the events that they cause', async () => {
    const forked = await recorded(...DUE_TOGETHER);
    for (let taken = 1; taken <= forked.steps.length; taken++) await checkFork(forked, taken);
    await forked.host.durable.stop();
  });

  it('goes on from any step as the sessions did, with the events that were on their way', async function () {
    this.timeout(60_000 + 500 * FORKS);
    let forks = 0;
    let waited = 0;
    const seed = fuzzSeed();
    for (let run = 0; forks < FORKS; run++) {
      const start = seed.seed === undefined ? seed : { seed: seed.seed + run };
      const [plan, list] = fc.sample(fc.tuple(plans, actions), { numRuns: 1, ...start })[0]!;
      const forked = await recorded(plan, list);
      const { steps, host } = forked;
      for (let taken = 1; taken <= steps.length && forks < FORKS; taken++) {
        const next = steps[taken]?.step.input;
        if (next?.kind === 'event' && next.event.invokeid !== undefined) waited += 1;
        await checkFork(forked, taken);
        forks += 1;
      }
      await host.durable.stop();
    }
    // Another seed may have none in a sample.
    if (process.env.ORSAY_FUZZ_SEED === undefined) {
      expect(waited, 'forks between a send and its arrival').to.be.greaterThan(FORKS / 20);
    }
  });
});
