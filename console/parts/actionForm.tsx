import type { ComponentChildren, JSX } from 'preact';
import type { Action } from './form.tsx';
import { Failed } from './states.tsx';

/** A form with one action, whose button is at its end. A failure is shown before the button. */
export function ActionForm({
  action,
  label,
  isExplained = false,
  isDisabled = false,
  buttons,
  onSubmit,
  children,
}: {
  readonly action: Action;
  /** Of the button. */
  readonly label: string;
  /** The fields show the failure already. */
  readonly isExplained?: boolean;
  readonly isDisabled?: boolean;
  /** Further buttons, before it. */
  readonly buttons?: ComponentChildren;
  readonly onSubmit: (form: HTMLFormElement) => Promise<unknown>;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        void action.run(() => onSubmit(form));
      }}
    >
      {children}
      {action.error !== undefined && !isExplained && <Failed error={action.error} />}
      <div class="buttons">
        {buttons}
        <button type="submit" class="primary" disabled={action.isBusy || isDisabled}>
          {label}
        </button>
      </div>
    </form>
  );
}
