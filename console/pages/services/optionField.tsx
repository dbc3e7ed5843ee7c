import type { JSX } from 'preact';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { SelectField, TextField } from '../../parts/form.tsx';
import { servicesTexts } from './servicesTexts.ts';

/** An option as the manifest of a template describes it. */
export type OptionRow = ReplyOf<'GET /genesys/1/admin/templates/:name/options'>['options'][number];

interface OptionFieldProps {
  readonly row: OptionRow;
  /** '': not set. */
  readonly value: string;
  /** Options may be for another medium than that of the service. */
  readonly medium: string | undefined;
  readonly error: string | undefined;
  readonly onValue: (value: string) => void;
}

/** The field of an option: a choice where its values are known, otherwise a text. */
export function OptionField({ row, value, medium, error, onValue }: OptionFieldProps): JSX.Element {
  const t = servicesTexts();
  const field = {
    label: row.name,
    hint: hintOf(row, medium),
    value,
    onValue,
    ...(error === undefined ? {} : { error }),
  };
  const choices = row.type === 'boolean' ? ['true', 'false'] : row.choices;
  if (choices === undefined) {
    return <TextField {...field} placeholder={row.default ?? ''} autocomplete="off" spellcheck={false} />;
  }
  const known = choices.includes(value) || value === '' ? choices : [...choices, value];
  return (
    <SelectField
      {...field}
      options={[
        { value: '', text: t.unset(row.default) },
        ...known.map((one) => ({ value: one, text: one })),
      ]}
    />
  );
}

function hintOf(row: OptionRow, medium: string | undefined): string {
  const t = servicesTexts();
  const { description, default: initial = '', media, since, until, noEffect } = row;
  return [
    description.replaceAll('`', ''),
    initial === '' ? '' : t.default(initial),
    media === 'both' || media === medium ? '' : t.onlyFor(media),
    t.versions(since, until),
    noEffect === undefined ? '' : t.why(noEffect),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
