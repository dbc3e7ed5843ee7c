import type { Row } from '../../parts/rowsField.tsx';
import { configurationTexts } from './configurationTexts.ts';
import { given, type PartForm, type RowsSpec, textOf } from './partForm.ts';

const TEXTS = ['id', 'title', 'group', 'language', 'text'];
const CODES = ['code', 'text'];
const LISTS = { cannedTexts: TEXTS, notReadyReasons: CODES, dispositions: CODES };

/** Texts, reasons and results of agents, and their work after an interaction. */
export function desktopForm(): PartForm {
  const t = configurationTexts();
  const titles: Readonly<Record<string, string>> = {
    id: t.id,
    title: t.textTitle,
    group: t.group,
    language: t.language,
    code: t.code,
    text: t.text,
  };
  const rowsNamed = (name: keyof typeof LISTS, label: string): RowsSpec => ({
    name,
    label,
    isOrdered: true,
    columns: LISTS[name].map((key) => ({
      key,
      title: titles[key] ?? key,
      isLong: key === 'text' && name === 'cannedTexts',
    })),
    fieldOf: (_row, at, column) => `${name}.${at}.${column}`,
  });
  return {
    groups: [
      {
        fields: [
          { name: 'afterWork.seconds', label: t.afterWorkSeconds, hint: t.afterWorkHint, kind: 'number' },
          {
            name: 'afterWork.disposition',
            label: t.afterWorkDisposition,
            choices: ['', 'optional', 'required'],
          },
        ],
      },
    ],
    rows: [
      rowsNamed('cannedTexts', t.cannedTexts),
      rowsNamed('notReadyReasons', t.reasons),
      rowsNamed('dispositions', t.dispositions),
    ],
    read: ({ afterWork, ...lists }) => {
      const { seconds, disposition } = (afterWork ?? {}) as Readonly<Record<string, unknown>>;
      const rowsIn = (name: string): readonly Row[] =>
        ((lists[name] ?? []) as readonly object[]).map((row) =>
          Object.fromEntries(Object.entries(row).map(([key, value]) => [key, textOf(value)])),
        );
      return {
        fields: { 'afterWork.seconds': textOf(seconds), 'afterWork.disposition': textOf(disposition) },
        rows: Object.fromEntries(Object.keys(LISTS).map((name) => [name, rowsIn(name)])),
      };
    },
    write({ fields, rows }) {
      const seconds = fields['afterWork.seconds'] ?? '';
      const disposition = fields['afterWork.disposition'] ?? '';
      const afterWork = {
        ...(seconds === '' ? {} : { seconds: Number(seconds) }),
        ...(disposition === '' ? {} : { disposition }),
      };
      const lists = Object.entries(rows).filter(([, list]) => list.length > 0);
      return {
        ...Object.fromEntries(lists.map(([name, list]) => [name, list.map((row) => writtenRow(name, row))])),
        ...(Object.keys(afterWork).length === 0 ? {} : { afterWork }),
      };
    },
  };
}

/** A field that has to be there is sent empty, too, so that the server says what it expects of it. */
function writtenRow(list: string, row: Row): Row {
  const key = list === 'cannedTexts' ? 'id' : 'code';
  return { ...given(row), [key]: row[key] ?? '', text: row.text ?? '' };
}
