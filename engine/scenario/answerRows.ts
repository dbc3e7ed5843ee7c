import type { FetchReply, ModuleEvent, ScriptRow } from '../interpreter/stepper/index.ts';
import { defined } from '../ports/index.ts';
import { patternOf } from './compareValues.ts';
import type { AnswerRow, ModuleResult } from './contract.ts';

/** The rows of a scenario as the script of a stepper: each answer of a list takes one request. */
export function scriptOf(rows: readonly AnswerRow[]): readonly ScriptRow[] {
  return rows.flatMap((row): readonly ScriptRow[] => {
    if ('fetch' in row) {
      const { method, reply, replies } = row;
      const wanted = { fetch: patternOf(row.fetch), ...defined({ method }) };
      if (reply !== undefined) return [{ ...wanted, reply }];
      return (replies ?? []).map((one) => ({ ...wanted, reply: one as FetchReply, times: 1 }));
    }
    const { module, attributes, result, results } = row;
    const wanted = { module, ...defined({ attributes }) };
    if (result !== undefined) return [{ ...wanted, ...resultRow(result) }];
    return (results ?? []).map((one) => ({ ...wanted, ...resultRow(one), times: 1 }));
  });
}

type ResultRow = Pick<
  Extract<ScriptRow, { readonly module: string }>,
  'done' | 'error' | 'event' | 'silence'
>;

function resultRow(result: ModuleResult): ResultRow {
  if (result === 'silence') return { silence: true };
  return 'event' in result ? { event: eventOf(result) } : result;
}

export function eventOf(result: Extract<ModuleResult, { readonly event: string }>): ModuleEvent {
  const { event: name, data: fields, facts } = result;
  return { name, ...defined({ fields, facts }) };
}
