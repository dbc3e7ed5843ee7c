import { type Json, textOf } from '../../engine/ports/index.ts';
import { parseStatistic, type SkillPrecedence } from '../targets/index.ts';
import { ageOf } from './figures.ts';
import type { SettingOf } from './outsideFigures.ts';
import type { RoutingIndex } from './routingIndex.ts';
import {
  type FunctionCall,
  invalidParameter,
  textAt,
  type UrsFunction,
  type UrsFunctionName,
} from './ursFunction.ts';

export interface FigureFunctionDeps {
  readonly index: Pick<RoutingIndex, 'judge'>;
  readonly skillPrecedence?: SkillPrecedence;
  /** Default: the installation has no options and lists. */
  readonly settingOf?: SettingOf;
}

type FigureFunction =
  | 'PositionInQueue'
  | 'InVQWaitTime'
  | 'CallsWaiting'
  | 'SData'
  | 'callage'
  | 'acfgdata'
  | 'lcfgdata';

/** The functions that tell values, as thresholds of targets ask for them too. */
export function figureFunctions({
  index,
  skillPrecedence,
  settingOf,
}: FigureFunctionDeps): Readonly<Record<FigureFunction, UrsFunction>> {
  const setting = (of: UrsFunctionName, source: 'application' | 'list', given: FunctionCall) => {
    const path = [0, 1, 2].map((at) => textAt(given, { at, of }));
    const value = numberOf(settingOf?.(source, path)) ?? numberOf(given.params[3]);
    if (value === undefined) throw invalidParameter({ at: 3, of }, 'a number as default', given.params[3]);
    return { answer: value };
  };
  return {
    PositionInQueue: ({ view }) => ({ answer: view.position }),
    InVQWaitTime: ({ view }) => ({ answer: view.ewtSeconds ?? null }),
    CallsWaiting: ({ view }) => ({ answer: view.calls }),
    /** `SData[target, statistic]`: null while the value is not known. */
    SData: (given) => {
      const target = textAt(given, { at: 0, of: 'SData' });
      const statistic = textAt(given, { at: 1, of: 'SData' });
      const { object, name } = parseStatistic(target, statistic, skillPrecedence);
      const value = index.judge(given.call.tenant, given.call).statisticOfObject(object, name);
      return { answer: Number.isFinite(value) ? value : null };
    },
    callage: ({ call, now }) => ({ answer: ageOf(call, now) }),
    acfgdata: (given) => setting('acfgdata', 'application', given),
    lcfgdata: (given) => setting('lcfgdata', 'list', given),
  };
}

/** Undefined: the value is no number. */
export function numberOf(value: Json | undefined): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? textOf(value).trim() : '';
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}
