import type { ComponentChildren, JSX } from 'preact';
import type { Resource } from '../api/resource.ts';
import { texts } from '../texts/language.ts';
import './states.css';

const t = texts({
  en: { loading: 'Loading…', retry: 'Try again', failed: 'This could not be read.' },
  de: {
    loading: 'Wird geladen …',
    retry: 'Noch einmal versuchen',
    failed: 'Das konnte nicht gelesen werden.',
  },
});

/** The room that data will take, so that nothing jumps when they come. `rows`: lines of text. */
export function Loading({ rows = 3 }: { readonly rows?: number }): JSX.Element {
  return (
    <div class="loading" role="status" style={{ minBlockSize: `${rows * 1.5}rem` }}>
      {t().loading}
    </div>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

/** A failure, in the words of the server. */
export function Failed({
  error,
  retry,
}: {
  readonly error: Error;
  readonly retry?: () => void;
}): JSX.Element {
  return (
    <div class="failed" role="alert">
      <span>{error.message || t().failed}</span>
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          {t().retry}
        </button>
      )}
    </div>
  );
}

/** Shows data when they are there, and before that or after a failure the state of the read. */
export function Shown<T>({
  resource: { data, error, reload },
  rows,
  children,
}: {
  readonly resource: Resource<T>;
  /** Lines of text that the data will take. */
  readonly rows?: number;
  readonly children: (data: T) => ComponentChildren;
}): JSX.Element {
  if (data === undefined) {
    return error === undefined ? (
      <Loading {...(rows === undefined ? {} : { rows })} />
    ) : (
      <Failed error={error} retry={reload} />
    );
  }
  return (
    <>
      {error !== undefined && <Failed error={error} retry={reload} />}
      {children(data)}
    </>
  );
}
