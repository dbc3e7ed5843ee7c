import type { ExecutionStatus } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** A session that has ended, as it is remembered: without start parameters and children. */
export function endedRecord(
  record: SessionRecord,
  end: {
    readonly status: Exclude<ExecutionStatus, 'running'>;
    readonly configuration: readonly string[];
    readonly data: Json;
    readonly endedAt: number;
    readonly donedata?: Json;
    readonly reason?: string;
  },
): SessionRecord {
  const { params: _, setAside: __, reason: ___, children: ____, ...lasting } = record;
  return { ...lasting, ...end };
}
