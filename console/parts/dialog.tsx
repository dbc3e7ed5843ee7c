import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { texts } from '../texts/language.ts';
import './dialog.css';

const t = texts({
  en: { cancel: 'Cancel', close: 'Close', reason: 'Reason (goes into the audit log)' },
  de: { cancel: 'Abbrechen', close: 'Schließen', reason: 'Grund (kommt ins Protokoll)' },
});

/**
 * A window over the page, which keeps the focus inside. `onClose`: absent for one that only its own content
 * closes.
 */
export function Dialog({
  title,
  onClose,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly onClose?: () => void;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {onClose !== undefined && (
          <button type="button" class="plain" aria-label={t().close} onClick={onClose}>
            ×
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

interface Question {
  readonly title: string;
  readonly text: string;
  /** The label of the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Asks for a reason, which may not be empty. */
  readonly asksReason?: boolean;
}

const asked = signal<(Question & { readonly answer: (reason: string | undefined) => void }) | undefined>(
  undefined,
);

/** Asks before something is done. Resolves with the reason ('' if none was asked); undefined: do not do it. */
export function confirm(question: Question): Promise<string | undefined> {
  return new Promise((answer) => {
    asked.value = { ...question, answer };
  });
}

/** Shows the question of confirm(). Only the layout has it. */
export function Questions(): JSX.Element | null {
  const question = asked.value;
  if (question === undefined) return null;
  const answer = (reason: string | undefined): void => {
    asked.value = undefined;
    question.answer(reason);
  };
  return (
    <Dialog title={question.title} onClose={() => answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer(String(new FormData(event.currentTarget).get('reason') ?? ''));
        }}
      >
        <p>{question.text}</p>
        {question.asksReason === true && (
          <label class="field">
            <span>{t().reason}</span>
            <input name="reason" required maxLength={200} autocomplete="off" />
          </label>
        )}
        <div class="buttons">
          <button type="button" onClick={() => answer(undefined)}>
            {t().cancel}
          </button>
          <button type="submit" class={question.isDangerous === true ? 'danger' : 'primary'}>
            {question.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
