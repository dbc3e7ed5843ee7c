import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import './form.css';

interface FieldProps {
  readonly label: string;
  /** Shown below the field. */
  readonly hint?: string;
  /** A fault of the value, which is read out. */
  readonly error?: string;
}

/** A text field with its label. Other attributes go to the input. */
export function TextField({
  label,
  hint,
  error,
  onValue,
  ...input
}: FieldProps & {
  readonly onValue?: (value: string) => void;
} & JSX.IntrinsicElements['input']): JSX.Element {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-more`}
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Labelled>
  );
}

/** A text of several lines. */
export function TextArea({
  label,
  hint,
  error,
  onValue,
  ...area
}: FieldProps & {
  readonly onValue?: (value: string) => void;
} & JSX.IntrinsicElements['textarea']): JSX.Element {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <textarea
        {...area}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-more`}
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Labelled>
  );
}

/** One of some values. */
export function SelectField({
  label,
  hint,
  error,
  options,
  defaultValue,
  onValue,
  ...select
}: FieldProps & {
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onValue?: (value: string) => void;
} & JSX.IntrinsicElements['select']): JSX.Element {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <select
        {...select}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-more`}
        onChange={(event) => onValue?.(event.currentTarget.value)}
      >
        {options.map(({ value, text }) => (
          // A select has no property defaultValue.
          <option key={value} value={value} selected={value === defaultValue}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

export function CheckField({
  label,
  onValue,
  ...input
}: {
  readonly label: string;
  readonly name?: string;
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onValue?: (value: boolean) => void;
}): JSX.Element {
  return (
    <label class="check">
      <input {...input} type="checkbox" onChange={(event) => onValue?.(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Labelled({
  id,
  label,
  hint,
  error,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly error: string | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {(hint !== undefined || error !== undefined) && (
        <span id={`${id}-more`} class={error === undefined ? 'hint' : 'hint bad'}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}

/** An action of a form or button: whether it is under way, and why the last one failed. */
export interface Action {
  readonly isBusy: boolean;
  readonly error: Error | undefined;
  readonly run: (act: () => Promise<unknown>) => Promise<void>;
}

/** Runs one action at a time. A failure is shown where `error` is shown, and the fields keep their values. */
export function useAction(): Action {
  const isBusy = useSignal(false);
  const error = useSignal<Error | undefined>(undefined);
  return {
    isBusy: isBusy.value,
    error: error.value,
    async run(act) {
      if (isBusy.value) return;
      isBusy.value = true;
      error.value = undefined;
      try {
        await act();
      } catch (failure) {
        error.value = failure as Error;
      }
      isBusy.value = false;
    },
  };
}
