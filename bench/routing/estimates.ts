import { markdownTable } from '../../scripts/markdownTable.ts';
import { type Scores, score } from './estimateScores.ts';
import type { Scenario } from './queueModel.ts';
import {
  FULL_SIZE,
  HANDLING_MS,
  impatient,
  important,
  lognormal,
  moving,
  oneSkill,
  shared,
} from './scenarios.ts';

/**
 * The estimated waits of Orsay, compared with the best that can be told and with other estimators. Seeded:
 * two runs print the same table.
 */
const SCENARIOS: readonly (readonly [Scenario, number?])[] = [
  ...[3, 20].flatMap((agents) =>
    [0.7, 0.8, 0.9, 0.95, 0.98].map((load) => [oneSkill({ agents, load }, FULL_SIZE)] as const),
  ),
  // With 100 agents and a lower load, hardly anybody waits.
  ...[0.9, 0.95, 0.98].map((load) => [oneSkill({ agents: 100, load }, FULL_SIZE)] as const),
  [lognormal({ cv: 0.5 }, FULL_SIZE)],
  [lognormal({ cv: 1.5 }, FULL_SIZE)],
  [impatient({ load: 1.1 }, FULL_SIZE)],
  [impatient({ load: 1.3 }, FULL_SIZE)],
  [moving({ kind: 'jump' }, FULL_SIZE)],
  [moving({ kind: 'swing' }, FULL_SIZE)],
  ...(['X', 'N'] as const).flatMap((design) =>
    [0, 1].map((queue) => [shared({ design }, FULL_SIZE), queue] as const),
  ),
  [important({}, FULL_SIZE)],
  [important({ headStartMs: HANDLING_MS / 2 }, FULL_SIZE)],
  [oneSkill({ agents: 20, load: 0.95, seed: 6 }, { warmUp: 0, measured: 100 })],
];

const HEAD = [
  'scenario',
  'wait s',
  'error',
  '±',
  'median',
  'oracle',
  'ratio',
  'bias',
  'in band',
  'by place',
  'width',
  'QL',
  'urs',
  'HOL',
  'mean with HOL',
];

function row(scenario: Scenario, queue: number | undefined, scores: Scores): readonly string[] {
  const { ql = 0, urs = 0, hol = 0, mixed = 0 } = scores.others;
  const places = scores.inBandByPlace;
  return [
    scenario.name +
      (queue === undefined ? '' : `, queue ${'AB'[queue]}`) +
      (scenario.warmUp === 0 ? ', the first 100' : ''),
    (scores.meanWaitMs / 1000).toFixed(0),
    scores.error.toFixed(3),
    scores.spread.toFixed(3),
    scores.errorOfMedian.toFixed(3),
    scores.oracle?.toFixed(3) ?? '',
    scores.ratio?.toFixed(2) ?? '',
    `${(scores.bias * 100).toFixed(1)} %`,
    `${(scores.inBand * 100).toFixed(1)} %`,
    places.length === 0
      ? ''
      : `${(Math.min(...places) * 100).toFixed(0)}–${(Math.max(...places) * 100).toFixed(0)} %`,
    scores.width.toFixed(2),
    ...[ql, urs, hol, mixed].map((error) => error.toFixed(2)),
  ];
}

console.log(markdownTable(HEAD, []));
for (const [scenario, queue] of SCENARIOS) {
  console.log(`| ${row(scenario, queue, score(scenario, queue)).join(' | ')} |`);
}
