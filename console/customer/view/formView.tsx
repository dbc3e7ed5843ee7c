import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Customer } from '../customer.ts';
import { type FormField, MAX_VALUE } from '../formField.ts';
import type { CustomerTexts, Language } from '../texts.ts';
import { TimeChoice } from './timeChoice.tsx';

/** The form before a callback or a chat. */
export function FormView({
  customer,
  fields,
  filled,
  offersTimes,
  refusal,
  texts,
  language,
}: {
  readonly customer: Customer;
  readonly fields: readonly FormField[];
  /** Values to begin with, by the names of the fields. */
  readonly filled: Readonly<Record<string, string>>;
  /** The customer may choose a later time, if the service has free ones. */
  readonly offersTimes: boolean;
  readonly refusal: string | undefined;
  readonly texts: CustomerTexts;
  readonly language: Language;
}): JSX.Element {
  const [times, setTimes] = useState<readonly number[]>([]);
  useEffect(() => {
    // A service without times is one for now.
    if (offersTimes) customer.freeTimes().then(setTimes, () => {});
  }, [customer, offersTimes]);
  return (
    <form
      class="oc-form"
      onSubmit={(event) => {
        event.preventDefault();
        customer.begin(valuesOf(event.currentTarget));
      }}
    >
      {fields.map((field) => (
        <FieldView
          key={field.name}
          field={{ ...field, value: filled[field.name] ?? field.value }}
          texts={texts}
        />
      ))}
      {times.length > 0 && (
        <TimeChoice
          name="_desired_time"
          label={texts.when}
          none={texts.now}
          times={times}
          language={language}
        />
      )}
      {refusal !== undefined && (
        <p class="oc-refusal" role="alert">
          {refusal}
        </p>
      )}
      <button type="submit" class="oc-primary">
        {texts.begin}
      </button>
    </form>
  );
}

function FieldView({
  field,
  texts,
}: {
  readonly field: FormField;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const id = useId();
  const { name, label, type, isRequired, options, value } = field;
  if (type === 'hidden') return <input type="hidden" name={name} value={value} />;
  const shared = { id, name, required: isRequired, defaultValue: value, maxLength: MAX_VALUE };
  const short = { ...shared, autocomplete: AUTOCOMPLETE[name] ?? 'off' };
  return (
    <div class="oc-field">
      <label for={id}>
        {label}
        {isRequired && <span class="oc-hint"> ({texts.required})</span>}
      </label>
      {type === 'textarea' && <textarea {...shared} rows={3} />}
      {type === 'select' && (
        <select id={id} name={name} required={isRequired}>
          <option value="">{texts.choose}</option>
          {options.map((option) => (
            <option key={option} value={option} selected={option === value}>
              {option}
            </option>
          ))}
        </select>
      )}
      {type === 'text' && <input {...short} type="text" />}
      {type === 'tel' && <input {...short} type="tel" />}
      {type === 'email' && <input {...short} type="email" />}
    </div>
  );
}

const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  firstName: 'given-name',
  lastName: 'family-name',
  email: 'email',
  _customer_number: 'tel',
};

/** The values that are not empty. */
function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
