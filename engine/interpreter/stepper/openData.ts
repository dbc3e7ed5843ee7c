import { defined } from '../../ports/index.ts';
import {
  compileDatamodel,
  type DataSession,
  DEFAULT_LIMITS,
  type Document,
  type ExecutionSnapshot,
  type Expression,
} from '../index.ts';

interface StoredData {
  readonly document: Document;
  readonly sessionId: string;
  readonly configuration: readonly string[];
  readonly snapshot: ExecutionSnapshot;
}

/** Opens the data of a session in a compilation of its document with one more expression. */
export function openData(
  { document, sessionId, configuration, snapshot }: StoredData,
  {
    source,
    kind,
    now,
    gas = DEFAULT_LIMITS.MAX_CODE_STEPS,
  }: {
    readonly source: string;
    readonly kind: Expression['kind'];
    readonly now: number;
    /** Loop passes and calls. Default: those of a step. */
    readonly gas?: number;
  },
): { readonly data: DataSession; readonly slot: number } {
  const slot = document.expressions.length;
  const state = document.stateById.get(configuration.at(-1) ?? '') ?? 0;
  const at = { file: 'stepper:expression', line: 1, column: 1 };
  const expression: Expression = { slot, kind, source, state, at };
  const extended: Document = { ...document, expressions: [...document.expressions, expression] };
  const { data: text } = snapshot;
  const data = compileDatamodel(extended).open({
    sessionId,
    ioProcessors: {},
    ...defined({ snapshot: typeof text === 'string' ? text : undefined }),
  });
  data.beginStep({ now, seed: 1, gas });
  data.setConfiguration(configuration);
  return { data, slot };
}
