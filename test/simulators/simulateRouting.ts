import { parseArgs } from 'node:util';
import { markdownTable } from '../../scripts/markdownTable.ts';
import { RoutingDay, type RoutingDayReport, type SkillReport, type Team } from './routingDay.ts';

const USAGE = `SIMULATION of a contact centre on virtual time, over the real routing: how many agents do I need?

npm run simulate:routing -- [options]

  --calls LIST    calls in an hour by skill, as sales:60,service:40 (calls:100)
  --teams LIST    agents by skills and hours, as sales:6@0-4,sales+service:8 (calls:8)
  --handling S    mean handling time with after-work (240)
  --cv X          its standard deviation divided by its mean (1)
  --patience S    mean patience of customers, 0: nobody gives up (600)
  --hours N       hours that are played (8)
  --target S      calls that wait no longer are in time (20)
  --seed N        another seed gives another day (1)
`;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: 'calls:100' },
    teams: { type: 'string', default: 'calls:8' },
    handling: { type: 'string', default: '240' },
    cv: { type: 'string', default: '1' },
    patience: { type: 'string', default: '600' },
    hours: { type: 'string', default: '8' },
    target: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

function numberOf(name: 'handling' | 'cv' | 'patience' | 'hours' | 'target' | 'seed', least: number): number {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= least) return number;
  throw new Error(`Expected --${name} to be a number from ${least}, got '${values[name]}'.`);
}

function callsOf(): Readonly<Record<string, number>> {
  const calls = values.calls.split(',').map((text): [string, number] => {
    const match = /^(\w+):(\d+(?:\.\d+)?)$/.exec(text.trim());
    if (match === null) throw new Error(`Expected --calls as skill:number,…, got '${text}'.`);
    return [match[1]!, Number(match[2])];
  });
  return Object.fromEntries(calls);
}

function teamsOf(hours: number): readonly Team[] {
  return values.teams.split(',').map((text) => {
    const match = /^([\w+]+):(\d+)(?:@(\d+)-(\d+))?$/.exec(text.trim());
    if (match === null) throw new Error(`Expected --teams as skills:agents[@from-to],…, got '${text}'.`);
    const [, name = '', agents, from = '0', to = String(hours)] = match;
    return {
      name,
      skills: name.split('+'),
      agents: Number(agents),
      fromHour: Number(from),
      toHour: Number(to),
    };
  });
}

function row(report: SkillReport): readonly string[] {
  const { skill, calls, served, gaveUp, inTime, waitsMs, errorMs, estimatedWaitMs, banded, inBand } = report;
  const mean = waitsMs.reduce((sum, one) => sum + one, 0) / Math.max(1, served);
  const p90 = waitsMs[Math.floor(waitsMs.length * 0.9)] ?? 0;
  return [
    skill,
    String(calls),
    percent(inTime, calls),
    percent(gaveUp, calls),
    (mean / 1000).toFixed(0),
    (p90 / 1000).toFixed(0),
    estimatedWaitMs === 0 ? '' : (errorMs / estimatedWaitMs).toFixed(2),
    percent(inBand, banded),
  ];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} %`;
}

function print(report: RoutingDayReport, target: number): void {
  console.log('SIMULATION: a day of a contact centre on virtual time, over the real routing.\n');
  const head = [
    'skill',
    'calls',
    `in ${target} s`,
    'gave up',
    'mean wait s',
    'p90 s',
    'estimate error',
    'in band',
  ];
  console.log(markdownTable(head, report.skills.map(row)));
  console.log('');
  const teams = Object.entries(report.occupancy);
  console.log(
    markdownTable(
      ['team', 'occupancy'],
      teams.map(([name, share]) => [name, percent(share, 1)]),
    ),
  );
}

if (values.help) {
  console.log(USAGE);
} else {
  const hours = numberOf('hours', 0.1);
  const patience = numberOf('patience', 0);
  const target = numberOf('target', 0);
  const day = new RoutingDay({
    teams: teamsOf(hours),
    callsPerHour: callsOf(),
    handlingMs: numberOf('handling', 1) * 1000,
    handlingCv: numberOf('cv', 0.01),
    ...(patience > 0 && { patienceMs: patience * 1000 }),
    hours,
    targetMs: target * 1000,
    seed: numberOf('seed', 0),
  });
  print(await day.run(), target);
}
