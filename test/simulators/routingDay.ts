import type { ConnId } from '../../strategies/routing/callIds.ts';
import { createRandom, type Random } from '../support/crash/random.ts';
import { asId } from '../support/ids.ts';
import { openStatisticsCentre, type StatisticsCentre } from '../support/statisticsCentre.ts';

/** Agents with the same skills, at work from one hour to another. */
export interface Team {
  readonly name: string;
  readonly skills: readonly string[];
  readonly agents: number;
  readonly fromHour: number;
  readonly toHour: number;
}

export interface RoutingDayOptions {
  readonly teams: readonly Team[];
  /** Calls in an hour by the skill that they need. */
  readonly callsPerHour: Readonly<Record<string, number>>;
  readonly handlingMs: number;
  /** Standard deviation of the handling time, divided by its mean. */
  readonly handlingCv: number;
  /** Mean patience of a customer; absent: nobody gives up. */
  readonly patienceMs?: number;
  readonly hours: number;
  /** A call that an agent takes within this time is answered in time. */
  readonly targetMs: number;
  readonly seed: number;
}

/** The calls of one skill. */
export interface SkillReport {
  readonly skill: string;
  readonly calls: number;
  readonly served: number;
  readonly gaveUp: number;
  /** Served within the target, of all calls. */
  readonly inTime: number;
  /** Waits of served calls, ascending. */
  readonly waitsMs: readonly number[];
  /** Sums over served calls that waited and had an estimate: of errors, and of waits. */
  readonly errorMs: number;
  readonly estimatedWaitMs: number;
  /** Calls among them that had a learned band, and those whose wait was in it. */
  readonly banded: number;
  readonly inBand: number;
}

export interface RoutingDayReport {
  readonly skills: readonly SkillReport[];
  /** Share of the time at work in which agents had a call, by team. */
  readonly occupancy: Readonly<Record<string, number>>;
}

interface Call {
  readonly skill: string;
  readonly at: number;
  readonly connId: ConnId;
  readonly said: { readonly meanMs: number; readonly band?: readonly [number, number] } | undefined;
}

type Step = { readonly at: number; readonly act: () => Promise<unknown> };

/** Plays a day on virtual time over the real agents, queues, matching and estimates, in memory. */
export class RoutingDay {
  readonly #options: RoutingDayOptions;
  readonly #centre: StatisticsCentre = openStatisticsCentre();
  readonly #random: Random;
  readonly #begin: number;
  readonly #steps: Step[] = [];
  readonly #waiting = new Map<number, Call>();
  readonly #reports = new Map<string, { -readonly [K in keyof SkillReport]: SkillReport[K] }>();
  readonly #busyMs = new Map<string, number>();
  #serial = 0;

  constructor(options: RoutingDayOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#begin = this.#centre.clock.now();
  }

  async run(): Promise<RoutingDayReport> {
    for (const team of this.#options.teams) this.#plan(team);
    for (const [skill, perHour] of Object.entries(this.#options.callsPerHour)) {
      this.#reports.set(skill, emptyReport(skill));
      this.#comeLater(skill, perHour, this.#begin);
    }
    for (let step = this.#take(); step !== undefined; step = this.#take()) {
      await this.#centre.advance(step.at - this.#centre.clock.now());
      await step.act();
      await this.#centre.settle();
      this.#readPosts();
    }
    return { skills: [...this.#reports.values()].map(sorted), occupancy: this.#occupancy() };
  }

  #plan(team: Team): void {
    for (let number = 1; number <= team.agents; number += 1) {
      const agentId = asId(`${team.name}-${number}`);
      const skills = Object.fromEntries(team.skills.map((skill) => [skill, 1]));
      const set = (state: 'ready' | 'loggedOut') =>
        this.#centre.interactions.setAgent(agentId as never, { state, skills });
      this.#later(this.#begin + team.fromHour * HOUR_MS, () => set('ready'));
      this.#later(this.#begin + team.toHour * HOUR_MS, () => set('loggedOut'));
    }
  }

  #comeLater(skill: string, perHour: number, now: number): void {
    const at = now + this.#random.exponential(HOUR_MS / perHour);
    if (at >= this.#begin + this.#options.hours * HOUR_MS) return;
    this.#later(at, async () => {
      this.#comeLater(skill, perHour, at);
      await this.#come(skill, at);
    });
  }

  async #come(skill: string, at: number): Promise<void> {
    const number = this.#serial++;
    const { routing } = this.#centre;
    const { connId } = await routing.startCall({
      target: `?:${skill}>0@.GA`,
      vq: skill,
      routeDelayMs: 0,
      sessionUrl: `http://simulated/scxml/session/${number}`,
      // The agent is this call's until the simulated handling ends.
      reserveTimeoutMs: 30 * 24 * HOUR_MS,
    });
    const { estimate } = await routing.viewQueue(connId);
    const said = estimate && {
      meanMs: estimate.meanMs,
      ...(!estimate.isRough && { band: [estimate.p10Ms, estimate.p90Ms] as const }),
    };
    this.#reports.get(skill)!.calls += 1;
    this.#waiting.set(number, { skill, at, connId, said });
    const { patienceMs } = this.#options;
    if (patienceMs === undefined) return;
    this.#later(at + this.#random.exponential(patienceMs), async () => {
      if (!this.#waiting.delete(number)) return;
      this.#reports.get(skill)!.gaveUp += 1;
      await routing.cancelCall(connId);
    });
  }

  /** The server tells the session of each call which agent it has. */
  #readPosts(): void {
    for (const { url, body } of this.#centre.posts.splice(0)) {
      this.#served(Number(url.split('/')[5]), (body as { readonly agent: string }).agent);
    }
  }

  #served(number: number, agentId: string): void {
    const call = this.#waiting.get(number);
    if (call === undefined) return;
    this.#waiting.delete(number);
    const now = this.#centre.clock.now();
    this.#count(call, now - call.at);
    const tookMs = this.#random.lognormal(this.#options.handlingMs, this.#options.handlingCv);
    const team = agentId.slice(0, agentId.lastIndexOf('-'));
    this.#busyMs.set(team, (this.#busyMs.get(team) ?? 0) + tookMs);
    this.#later(now + tookMs, () => this.#centre.routing.cancelCall(call.connId));
  }

  #count({ skill, said }: Call, waitMs: number): void {
    const report = this.#reports.get(skill)!;
    report.served += 1;
    report.inTime += Number(waitMs <= this.#options.targetMs);
    report.waitsMs = [...report.waitsMs, waitMs];
    if (said === undefined || waitMs === 0) return;
    report.errorMs += Math.abs(waitMs - said.meanMs);
    report.estimatedWaitMs += waitMs;
    if (said.band === undefined) return;
    report.banded += 1;
    report.inBand += Number(waitMs >= said.band[0] && waitMs <= said.band[1]);
  }

  #occupancy(): Readonly<Record<string, number>> {
    const atWork = new Map<string, number>();
    for (const { name, agents, fromHour, toHour } of this.#options.teams) {
      atWork.set(name, (atWork.get(name) ?? 0) + agents * (toHour - fromHour) * HOUR_MS);
    }
    return Object.fromEntries(
      [...atWork].map(([name, ms]) => [name, Math.min(1, (this.#busyMs.get(name) ?? 0) / ms)]),
    );
  }

  #later(at: number, act: () => Promise<unknown>): void {
    this.#steps.push({ at: Math.round(at), act });
  }

  /** The earliest step. Steps are few at one time: agents, customers who wait and the next arrivals. */
  #take(): Step | undefined {
    let first = 0;
    for (let at = 1; at < this.#steps.length; at += 1) {
      if (this.#steps[at]!.at < this.#steps[first]!.at) first = at;
    }
    return this.#steps.splice(first, 1)[0];
  }
}

const HOUR_MS = 3_600_000;

function emptyReport(skill: string): SkillReport {
  return {
    skill,
    calls: 0,
    served: 0,
    gaveUp: 0,
    inTime: 0,
    waitsMs: [],
    errorMs: 0,
    estimatedWaitMs: 0,
    banded: 0,
    inBand: 0,
  };
}

function sorted(report: SkillReport): SkillReport {
  return { ...report, waitsMs: [...report.waitsMs].sort((a, b) => a - b) };
}
