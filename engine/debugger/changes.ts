import diff from 'microdiff';
import type { Json } from '../ports/index.ts';

/** A change of the data of a session. */
export interface Change {
  /** 'order.items[0].price' */
  readonly path: string;
  /** Undefined: it did not exist. */
  readonly before: Json | undefined;
  /** Undefined: it does not exist any more. */
  readonly after: Json | undefined;
}

/** The differences of the data of two moments, each at the deepest path. */
export function changesOf(before: Json, after: Json): readonly Change[] {
  return diff(asRecord(before), asRecord(after), { cyclesFix: false }).map((difference) => ({
    path: pathText(difference.path),
    before: difference.type === 'CREATE' ? undefined : (difference.oldValue as Json),
    after: difference.type === 'REMOVE' ? undefined : (difference.value as Json),
  }));
}

function asRecord(data: Json): Record<string, unknown> {
  return (data ?? {}) as Record<string, unknown>;
}

function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
