import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { texts } from '../texts/language.ts';
import './toasts.css';

const t = texts({ en: { close: 'Close' }, de: { close: 'Schließen' } });

interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

const SHOWN_MS = 6_000;
const MAX_SHOWN = 5;
const toasts = signal<readonly Toast[]>([]);
let count = 0;

/** A short message about something that is done. It goes away by itself. */
export function tell(text: string): void {
  const id = add('done', text);
  setTimeout(() => remove(id), SHOWN_MS);
}

/** A failure stays until the user closes it. */
export function tellFailure(error: unknown): void {
  add('failed', error instanceof Error ? error.message : String(error));
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, kind, text }) => (
        <div key={id} class={`toast ${kind}`}>
          <span>{text}</span>
          <button type="button" class="plain" aria-label={t().close} onClick={() => remove(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

function add(kind: Toast['kind'], text: string): number {
  count += 1;
  toasts.value = [...toasts.value, { id: count, kind, text }].slice(-MAX_SHOWN);
  return count;
}

function remove(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
