import type { OptionRow } from './optionField.tsx';
import type { Options } from './serviceKinds.ts';

/** Options that are shown together. */
export interface OptionGroup {
  readonly key: string;
  readonly category: string;
  readonly rows: readonly OptionRow[];
}

/** As the server says it of options that have none. */
const NO_CATEGORY = 'no category';

/** The mandatory options, then those of each category, then those that do nothing here. */
export function groupsOf(rows: readonly OptionRow[]): readonly OptionGroup[] {
  const useful = rows.filter(({ mandatory, hasEffect }) => !mandatory && hasEffect);
  const categories = [...new Set(useful.map(({ category }) => category))].sort(
    (a, b) => Number(a === NO_CATEGORY) - Number(b === NO_CATEGORY),
  );
  const groups: readonly OptionGroup[] = [
    { key: 'mandatory', category: '', rows: rows.filter(({ mandatory }) => mandatory) },
    ...categories.map((category) => ({
      key: category === NO_CATEGORY ? 'noCategory' : `category ${category}`,
      category,
      rows: useful.filter((row) => row.category === category),
    })),
    {
      key: 'noEffect',
      category: '',
      rows: rows.filter(({ mandatory, hasEffect }) => !mandatory && !hasEffect),
    },
  ];
  return groups.filter((group) => group.rows.length > 0);
}

export function isFound({ name, description, category }: OptionRow, words: string): boolean {
  const text = `${name} ${description} ${category}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function changesIn(values: Options, stored: Options): number {
  const names = new Set([...Object.keys(values), ...Object.keys(stored)]);
  return [...names].filter((name) => (values[name] ?? '') !== (stored[name] ?? '')).length;
}

/** Without the options that nobody set. Those that the file has without a value stay. */
export function savedOptions(values: Options, stored: Options): Options {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== '' || stored[name] === ''),
  );
}
