import { didYouMean } from '../../ports/index.ts';
import { GLOBALS } from '../datamodel/code/names.ts';
import type { CodeLocations } from '../document/codeLocations.ts';
import type { Draft } from '../document/draft.ts';
import type { CheckedCode, DraftCode } from './draftCode.ts';
import type { FreeName } from './names.ts';
import { guessOf } from './warnCode.ts';

const SYSTEM_NAMES = ['_event', '_sessionid', '_name', '_ioprocessors', '_x', 'In', 'eval', 'arguments'];
/** ors-dialect 2.3, 2.5 and 2.7. The caller of a subroutine document declares `args_`. */
const ORS_NAMES = [
  '_data', '_genesys', '_my_prefix', '__Log', '__Raise', '__GetDocumentURL', '__GetCurrentStates', 'args_',
]; // biome-ignore format: a table

/**
 * Warns of names that neither <data> nor a script declares, once for each name: reading one is an error
 * event. Names that code checks with typeof, or makes by assigning them, are left out. In ORS only a script's
 * state and its descendants see the script's variables (ors-dialect 2.3).
 */
export function warnUndeclared(draft: Draft, code: DraftCode, locations: CodeLocations): void {
  const known = new KnownNames(draft, code);
  const reported = new Set<string>();
  const report = (checked: CheckedCode, { name, index }: FreeName, by: string): void => {
    if (reported.has(name)) return;
    reported.add(name);
    const guess = guessOf(draft, checked.expression);
    const message = `Expected '${name}' to be declared by ${by}, got nothing of that name.${known.meant(name)}${guess}`;
    draft.report('DATA_UNDECLARED', locations.locate(checked.expression, index), message);
  };
  for (const checked of code.all) {
    if (!checked.names || code.made.has(checked.expression.slot)) continue;
    const { state } = checked.expression;
    for (const read of checked.names.read) {
      if (!known.has(read.name, state)) report(checked, read, `<data> or a script${known.hint(read.name)}`);
    }
    if (draft.dialect !== 'ors') continue;
    for (const { name, index } of checked.names.dataRead) {
      if (!known.hasData(name)) report(checked, { name: `_data.${name}`, index }, '<data>');
    }
  }
}

class KnownNames {
  readonly #draft: Draft;
  /** Names that all code of the document knows. */
  readonly #everywhere: Set<string>;
  /** ORS: the states whose scripts declare a name. */
  readonly #byName = new Map<string, Set<number>>();
  readonly #data: Set<string>;

  constructor(draft: Draft, code: DraftCode) {
    this.#draft = draft;
    this.#data = new Set(draft.dataById.keys());
    this.#everywhere = new Set([...GLOBALS, ...SYSTEM_NAMES, ...this.#data]);
    if (draft.dialect === 'ors') for (const name of ORS_NAMES) this.#everywhere.add(name);
    for (const { expression, names } of code.all) {
      if (!names) continue;
      for (const name of names.declared) this.#declare(name, expression.state);
      for (const name of [...names.assigned, ...names.probed]) this.#everywhere.add(name);
      for (const name of names.dataWritten) this.#data.add(name);
      if (code.made.has(expression.slot)) for (const { name } of names.read) this.#everywhere.add(name);
    }
  }

  has(name: string, state: number): boolean {
    if (this.#everywhere.has(name)) return true;
    const states = this.#byName.get(name);
    if (!states) return false;
    for (let at = state; at !== -1; at = this.#draft.states[at]!.parent) if (states.has(at)) return true;
    return false;
  }

  hasData(name: string): boolean {
    return this.#data.has(name);
  }

  /** The name that was probably meant, as a question. */
  meant(name: string): string {
    if (name.startsWith('_data.')) {
      return didYouMean(
        name,
        [...this.#data].map((id) => `_data.${id}`),
      );
    }
    return didYouMean(name, [...this.#everywhere, ...this.#byName.keys()]);
  }

  /** Names another state that declares the name, for the message. */
  hint(name: string): string {
    const [state] = this.#byName.get(name) ?? [];
    if (state === undefined) return '';
    return ` of a state around (one of '${this.#draft.states[state]!.id}' declares it)`;
  }

  #declare(name: string, state: number): void {
    if (this.#draft.dialect === 'w3c') {
      this.#everywhere.add(name);
      return;
    }
    const states = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, states.add(state));
  }
}
