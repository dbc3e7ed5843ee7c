import type { JSX } from 'preact';
import { TextArea, TextField } from '../../parts/form.tsx';
import { texts } from '../../texts/language.ts';
import { readJson } from './readJson.ts';

const t = texts({
  en: { name: 'Name', data: 'Data (JSON)' },
  de: { name: 'Name', data: 'Daten (JSON)' },
});

/** The fields of an event that a person makes up. */
export function EventFields({
  dataHint,
  rows,
}: {
  readonly dataHint?: string;
  /** Lines of the data. */
  readonly rows: number;
}): JSX.Element {
  return (
    <>
      <TextField label={t().name} name="name" required maxLength={1024} pattern="\S+" autocomplete="off" />
      <TextArea
        label={t().data}
        name="data"
        rows={rows}
        spellcheck={false}
        {...(dataHint === undefined ? {} : { hint: dataHint })}
      />
    </>
  );
}

/** The event of a form that has these fields. Throws an Error for the reader when its data are no JSON. */
export function eventIn(form: HTMLFormElement): { readonly name: string; readonly data?: unknown } {
  const fields = new FormData(form);
  const data = readJson(String(fields.get('data') ?? ''));
  return { name: String(fields.get('name') ?? ''), ...(data === undefined ? {} : { data }) };
}
