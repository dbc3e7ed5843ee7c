import type { Row } from '../../parts/rowsField.tsx';
import { configurationTexts } from './configurationTexts.ts';
import { type PartForm, textOf } from './partForm.ts';
import { byName } from './patternForm.ts';

/** Items of a list, each a value or an object of keys with values. */
export function listForm(): PartForm {
  const t = configurationTexts();
  return {
    groups: [],
    rows: [
      {
        name: 'items',
        label: t.items,
        hint: t.itemsHint,
        columns: [
          { key: 'item', title: t.item },
          { key: 'key', title: t.key },
          {
            key: 'kind',
            title: t.kind,
            options: [
              { value: 'text', text: t.text },
              { value: 'json', text: 'JSON' },
            ],
          },
          { key: 'value', title: t.value, isLong: true },
        ],
        fieldOf: ({ item = '', key = '' }, _at, column) => (column === 'value' ? [item, key].join('.') : ''),
      },
    ],
    read: (value) => ({ fields: {}, rows: { items: Object.entries(value).flatMap(rowsOf) } }),
    write({ rows: { items = [] } }) {
      const names = [...new Set(items.map(({ item = '' }) => item))];
      return byName(names.map((name) => [name, itemOf(items.filter(({ item = '' }) => item === name))]));
    },
  };
}

function rowsOf([item, value]: readonly [string, unknown]): readonly Row[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = isObject ? Object.entries(value) : [];
  // An object without keys, or with the key '', has no rows of its own.
  if (keys.length === 0 || keys.some(([key]) => key === '')) return [{ item, key: '', ...cellOf(value) }];
  return keys.map(([key, inner]) => ({ item, key, ...cellOf(inner) }));
}

function cellOf(value: unknown): Row {
  return typeof value === 'string'
    ? { kind: 'text', value }
    : { kind: 'json', value: textOf(value ?? 'null') };
}

/** All rows of one item. */
function itemOf(rows: readonly Row[]): unknown {
  const [first] = rows;
  if (rows.length === 1 && first?.key === '') return readValue(first);
  return byName(rows.map((row) => [row.key ?? '', readValue(row)]));
}

function readValue({ item = '', kind, value = '' }: Row): unknown {
  if (kind !== 'json') return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new Error(configurationTexts().noJson(item, (error as Error).message));
  }
}
