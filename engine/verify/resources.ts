/**
 * The parts of a state of which more only allows more moves: events that may still come, and requests that
 * are open although the document has forgotten them. Of two states that are the same otherwise, the one with
 * less need not be explored.
 */
export interface Resources {
  /** How often each event row was used. */
  readonly used: readonly number[];
  /** The open requests that the document has forgotten, each text once, sorted. */
  readonly forgotten: readonly string[];
}

/** Numbers the resources of states: there are few different ones. */
export class ResourceTable {
  readonly #numbers = new Map<string, number>();
  readonly #all: Resources[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#all.length;
    this.#numbers.set(text, number);
    this.#all.push(readResources(text));
    return number;
  }

  /** True when everything that is possible with the resources `less` is possible with `more`. */
  covers(more: number, less: number): boolean {
    if (more === less) return true;
    const [a, b] = [this.#all[more]!, this.#all[less]!];
    return (
      a.used.every((times, row) => times <= b.used[row]!) &&
      b.forgotten.every((text) => a.forgotten.includes(text))
    );
  }
}

export function resourcesText({ used, forgotten }: Resources): string {
  return `${used.join()}\n${forgotten.join('\n')}`;
}

function readResources(text: string): Resources {
  const [used = '', ...forgotten] = text.split('\n');
  return {
    used: used === '' ? [] : used.split(',').map(Number),
    forgotten: forgotten.filter((line) => line !== ''),
  };
}
