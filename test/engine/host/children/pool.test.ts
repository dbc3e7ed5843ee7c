import { expect } from 'chai';
import { ChildEngine } from '../../../../engine/host/children/childEngine.ts';
import { ChildPool } from '../../../../engine/host/children/childPool.ts';
import { DocumentLoader } from '../../../../engine/host/children/documentLoader.ts';
import {
  MAX_START_FAILURES,
  STARVED_FACTOR,
  WATCH_INTERVAL_MS,
} from '../../../../engine/host/children/limits.ts';
import type { HostEngine, HostedExecution, HostedProgram } from '../../../../engine/host/hostEngine.ts';
import type { StepInput } from '../../../../engine/interpreter/execution.ts';
import type { Json } from '../../../../engine/ports/json.ts';
import { asId } from '../../../support/ids.ts';
import { loadRequest } from '../../../support/loadRequest.ts';
import { rawFrame } from '../../../support/rawFrame.ts';
import {
  type Behaviour,
  createScriptedChildren,
  type ScriptedChildren,
} from '../../../support/scriptedChildren.ts';
import { silentLog } from '../../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../support/simulatedClock.ts';

const DEADLINE_MS = 100;
const MEMORY_BYTES = 1_000_000;
const COUNTING = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="count" expr="0"/></datamodel>
  <state id="s"><transition event="*"><assign location="count" expr="count + 1"/></transition></state></scxml>`;
const START: StepInput = { kind: 'start' };

function event(name: string, data?: Json): StepInput {
  return { kind: 'event', event: { name, ...(data !== undefined && { data }) } };
}

/** The name of the event says what the child does: 'hang', 'crash'. */
const byName: Behaviour = (message) => {
  if (message.kind !== 'step' || message.input.kind !== 'event') return undefined;
  const { name } = message.input.event;
  return name === 'hang' || name === 'crash' ? name : undefined;
};

/** The same, but the processor time of the child is unknown. */
const untimed: Behaviour = (message, child) => {
  child.usage = undefined;
  return byName(message, child);
};

/** A program that other children have loaded. */
async function loadedElsewhere(text: string): Promise<HostedProgram> {
  const { spawn } = createScriptedChildren({});
  const limits = { deadlineMs: DEADLINE_MS, memoryBytes: MEMORY_BYTES };
  const pool = new ChildPool({ spawn, clock: createSimulatedClock(), log: silentLog, size: 1, limits });
  const program = await new ChildEngine(pool, new DocumentLoader(pool, DEADLINE_MS)).loadProgram(
    loadRequest(text),
  );
  pool.close();
  return program;
}

describe('A pool of engine children', () => {
  let clock: SimulatedClock;
  let scripted: ScriptedChildren;
  let pool: ChildPool;
  let engine: HostEngine;
  let program: HostedProgram;
  let sessions = 0;

  async function open(
    options: { behaviour?: Behaviour; starts?: (number: number) => boolean; size?: number } = {},
  ): Promise<void> {
    clock = createSimulatedClock();
    scripted = createScriptedChildren({ behaviour: byName, ...options });
    pool = new ChildPool({
      spawn: scripted.spawn,
      clock,
      log: silentLog,
      size: options.size ?? 1,
      limits: { deadlineMs: DEADLINE_MS, memoryBytes: MEMORY_BYTES },
    });
    engine = new ChildEngine(pool, new DocumentLoader(pool, DEADLINE_MS));
    program = await loadedElsewhere(COUNTING);
  }

  afterEach(() => pool.close());

  async function begin(): Promise<HostedExecution> {
    const execution = engine.startExecution(program, { sessionId: asId(`S${sessions++}`), seed: 1 });
    await execution.step(START, { now: 1 });
    return execution;
  }

  /** Name and reason of a step's fault, or the status after the step. */
  async function result(execution: HostedExecution, name: string, data?: Json): Promise<unknown> {
    try {
      return (await execution.step(event(name, data), { now: 2 })).status;
    } catch (error) {
      const { name: kind, reason, code } = error as { name: string; reason?: string; code?: string };
      return `${kind} ${reason ?? code ?? (error as Error).message}`;
    }
  }

  /** Advances the clock in parts, with macrotasks between them. */
  async function pass(ms: number): Promise<void> {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const settle = async (): Promise<void> => {
      for (let turns = 0; turns < 5; turns++) await turn();
    };
    await clock.advance(ms, settle);
  }

  it('blames a step that is late and alone in its child, and restores its session in a new child', async () => {
    await open();
    const execution = await begin();
    await result(execution, 'one');
    scripted.children[0]!.usage = undefined;
    const hanging = result(execution, 'hang');
    await pass(DEADLINE_MS + 3 * WATCH_INTERVAL_MS);
    expect(await hanging).to.equal('ExecutionLost deadline');
    expect(scripted.children[0]!.isKilled).to.equal(true);
    await result(execution, 'two');
    expect(await execution.data()).to.deep.equal({ count: 2 });
  });

  it('blames none of several late steps, but repeats the oldest alone in the quarantine child', async () => {
    await open({ behaviour: untimed });
    const [first, second, third] = await Promise.all([begin(), begin(), begin()]);
    const results = [result(first, 'one'), result(second, 'hang'), result(third, 'one')];
    await pass(10 * DEADLINE_MS);
    expect(await Promise.all(results)).to.deep.equal(['running', 'ExecutionLost deadline', 'running']);
    expect(await Promise.all([first, second, third].map((one) => one.data()))).to.deep.equal([
      { count: 1 },
      { count: 0 },
      { count: 1 },
    ]);
  });

  it('repeats all requests except the oldest at once in the spare child', async () => {
    await open({ behaviour: untimed });
    const executions = await Promise.all(Array.from({ length: 6 }, begin));
    const seen: number[] = [];
    const results = executions.map(async (execution, index) => {
      const outcome = await result(execution, index === 0 ? 'hang' : 'one');
      seen.push(index);
      return outcome;
    });
    await pass(DEADLINE_MS + 2 * WATCH_INTERVAL_MS);
    expect(seen).to.deep.equal([1, 2, 3, 4, 5]);
    await pass(DEADLINE_MS + 2 * WATCH_INTERVAL_MS);
    const others = new Array(5).fill('running');
    expect(await Promise.all(results)).to.deep.equal(['ExecutionLost deadline', ...others]);
    expect(seen.at(-1)).to.equal(0);
  });

  it('moves sessions that were in two lost children to quarantine', async () => {
    await open({ behaviour: untimed });
    const executions = await Promise.all(Array.from({ length: 6 }, begin));
    const results = executions.map((execution, index) => result(execution, index < 4 ? 'hang' : 'one'));
    await pass(2 * (DEADLINE_MS + 2 * WATCH_INTERVAL_MS));
    const quick = await Promise.race([result(executions[5]!, 'one'), pass(DEADLINE_MS / 2)]);
    expect(quick).to.equal('running');
    await pass(10 * DEADLINE_MS);
    const lost = new Array(4).fill('ExecutionLost deadline');
    expect(await Promise.all(results)).to.deep.equal([...lost, 'running', 'running']);
  });

  it('compiles known documents in a spare child, except a document that ended such a child', async () => {
    let compilations = 0;
    const dying: Behaviour = (message) =>
      message.kind === 'program' && compilations++ === 1 ? 'crash' : undefined;
    await open({ behaviour: dying });
    const execution = await begin();
    await pass(0);
    expect(scripted.children.map(({ heard }) => heard)).to.deep.equal([['program', 'step'], ['program'], []]);
    expect(await result(execution, 'one')).to.equal('running');
  });

  it('gives more time to a child that got no processor time', async () => {
    await open();
    const execution = await begin();
    let isOver = false;
    const hanging = result(execution, 'hang').finally(() => {
      isOver = true;
    });
    await pass((STARVED_FACTOR - 1) * DEADLINE_MS);
    expect(isOver).to.equal(false);
    await pass(2 * DEADLINE_MS);
    expect(await hanging).to.equal('ExecutionLost deadline');
  });

  it('blames a step for a crash only when it crashes again in quarantine', async () => {
    await open();
    const execution = await begin();
    expect(await result(execution, 'crash')).to.equal('ExecutionLost crash');
    await pass(0);
    // One child for sessions, one spare, one in quarantine, and one after each of three crashes.
    expect(scripted.children).to.have.length(6);
    let crashes = 2;
    await open({
      behaviour: (message) =>
        message.kind === 'step' && message.input.kind === 'event' && crashes-- > 0 ? 'crash' : undefined,
    });
    expect(await result(await begin(), 'one')).to.equal('running');
  });

  it('ends a child whose memory exceeds its limit, and blames the step if that happens again', async () => {
    const greedy: Behaviour = (message, child) => {
      if (message.kind !== 'step' || message.input.kind !== 'event') return undefined;
      child.usage = { cpuMs: 0, rssBytes: MEMORY_BYTES + 1 };
      return 'hang';
    };
    await open({ behaviour: greedy });
    const execution = await begin();
    const growing = result(execution, 'grow');
    await pass(DEADLINE_MS);
    expect(await growing).to.equal('ExecutionLost memory');
  });

  it('ends a child whose answer was not asked for, is too long, or is not JSON', async () => {
    const header = Buffer.alloc(4, 0xff);
    for (const bytes of [header, rawFrame('{}'), rawFrame('1'), rawFrame('x')]) {
      await open();
      const execution = await begin();
      scripted.children[0]!.say(bytes);
      await pass(WATCH_INTERVAL_MS);
      expect(scripted.children[0]!.isKilled).to.equal(true);
      expect(await result(execution, 'one')).to.equal('running');
    }
  });

  it('rejects a call that JSON cannot represent, and sends nothing of it to the child', async () => {
    let deep: Json = [];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    for (const [count, bad] of [
      [1, 0],
      [8, 3],
      [8, 7],
      [10, 9],
    ] as const) {
      await open();
      const executions = await Promise.all(Array.from({ length: count }, begin));
      const outcomes = executions.map((execution, index) =>
        index === bad ? result(execution, 'one', deep) : result(execution, 'one'),
      );
      await pass(0);
      const expected = Array(count).fill('running');
      expected[bad] = 'Error The request cannot be sent to an engine child: Maximum call stack size exceeded';
      expect(await Promise.all(outcomes)).to.deep.equal(expected);
      expect(scripted.children[0]!.isKilled).to.equal(false);
      expect(await result(executions[bad]!, 'one')).to.equal('running');
    }
  });

  it('refuses calls while no child starts, and accepts calls when a child starts', async () => {
    await open({ starts: (number) => number >= 2 * MAX_START_FAILURES });
    const execution = engine.startExecution(program, { sessionId: asId('S'), seed: 1 });
    expect(await result(execution, 'one')).to.equal('HostError ENGINE_UNAVAILABLE');
    await pass(2_000);
    await execution.step(START, { now: 1 });
    expect(await result(execution, 'one')).to.equal('running');
  });

  it('rejects calls in progress when it is closed', async () => {
    await open();
    const execution = await begin();
    const hanging = result(execution, 'hang');
    await pass(0);
    pool.close();
    expect(await hanging).to.equal('HostError ENGINE_UNAVAILABLE');
    expect(await result(execution, 'one')).to.equal('HostError ENGINE_UNAVAILABLE');
  });

  it('spreads sessions over its children', async () => {
    await open({ size: 2 });
    for (let count = 0; count < 4; count++) await begin();
    const steps = scripted.children.map(({ heard }) => heard.filter((kind) => kind === 'step').length);
    expect(steps.toSorted()).to.deep.equal([0, 2, 2]);
  });
});
