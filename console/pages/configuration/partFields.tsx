import type { ComponentChildren, JSX } from 'preact';
import { SelectField, TextArea, TextField } from '../../parts/form.tsx';
import type { Row } from '../../parts/rowsField.tsx';
import { configurationTexts } from './configurationTexts.ts';
import { type FieldSpec, MASK, type PartForm } from './partForm.ts';

/** The single fields of a part, in groups. */
export function PartFields({
  groups,
  values,
  refused,
  onValue,
}: {
  readonly groups: PartForm['groups'];
  readonly values: Row;
  readonly refused: Readonly<Record<string, string>>;
  readonly onValue: (name: string, value: string) => void;
}): JSX.Element {
  return (
    <>
      {groups.map(({ title, fields }) => {
        const isUsed = fields.some(({ name }) => (values[name] ?? '') !== '' || refused[name] !== undefined);
        return (
          <Group key={title ?? ''} title={title} isOpen={isUsed}>
            {fields.map((field) => (
              <PartField
                key={field.name}
                spec={field}
                value={values[field.name] ?? ''}
                error={refused[field.name]}
                onValue={(value) => onValue(field.name, value)}
              />
            ))}
          </Group>
        );
      })}
    </>
  );
}

function Group({
  title,
  isOpen,
  children,
}: {
  readonly title: string | undefined;
  readonly isOpen: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  if (title === undefined) return <div class="configuration-fields">{children}</div>;
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <div class="configuration-fields">{children}</div>
    </details>
  );
}

function PartField({
  spec: { name, label = name, hint, kind, choices },
  value,
  error,
  onValue,
}: {
  readonly spec: FieldSpec;
  readonly value: string;
  readonly error: string | undefined;
  readonly onValue: (value: string) => void;
}): JSX.Element {
  const t = configurationTexts();
  const field = {
    label,
    value,
    onValue,
    ...(hint === undefined ? {} : { hint }),
    ...(error === undefined ? {} : { error }),
  };
  if (choices !== undefined) {
    return <SelectField {...field} options={choices.map((one) => ({ value: one, text: one || t.unset }))} />;
  }
  if (kind === 'secret' && value === MASK) {
    return (
      <div class="field">
        <span>{label}</span>
        <span class="hint">{t.stored}</span>
        <span>
          <button type="button" onClick={() => onValue('')}>
            {t.replace(name)}
          </button>
        </span>
      </div>
    );
  }
  if (kind === 'secret' || kind === 'lines') return <TextArea {...field} rows={3} spellcheck={false} />;
  if (kind === 'password') return <TextField {...field} type="password" autocomplete="new-password" />;
  if (kind === 'number') return <TextField {...field} type="number" min={0} step="any" />;
  return <TextField {...field} autocomplete="off" spellcheck={false} />;
}
