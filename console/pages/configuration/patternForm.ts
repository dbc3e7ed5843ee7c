import { configurationTexts } from './configurationTexts.ts';
import { type PartForm, textOf } from './partForm.ts';

/** Patterns by name, in the order in which they are tried. */
export function patternForm(): PartForm {
  const t = configurationTexts();
  return {
    groups: [],
    rows: [
      {
        name: 'patterns',
        label: t.patterns,
        hint: t.patternsHint,
        isOrdered: true,
        columns: [
          { key: 'name', title: t.name },
          { key: 'pattern', title: t.pattern },
        ],
        fieldOf: ({ name = '' }, _at, column) => (column === 'pattern' ? name : ''),
      },
    ],
    read: (value) => ({
      fields: {},
      rows: {
        patterns: Object.entries(value).map(([name, pattern]) => ({ name, pattern: textOf(pattern) })),
      },
    }),
    write({ rows: { patterns = [] } }) {
      return byName(patterns.map(({ name = '', pattern = '' }) => [name, pattern]));
    },
  };
}

/** An object of the entries. Throws when a name is empty or comes twice: one of them would be lost. */
export function byName(
  entries: readonly (readonly [name: string, value: unknown])[],
): Readonly<Record<string, unknown>> {
  const t = configurationTexts();
  const values = new Map<string, unknown>();
  for (const [name, value] of entries) {
    if (name === '') throw new Error(t.noName);
    if (values.has(name)) throw new Error(t.twice(name));
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
