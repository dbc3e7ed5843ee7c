import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Data that a component shows. While newer data are read, the old ones stay. */
export interface Resource<T> {
  /** Undefined: not read yet. */
  readonly data: T | undefined;
  /** Why the last read failed. */
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  /** Reads again now. */
  readonly reload: () => void;
}

interface State<T> {
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly isLoading: boolean;
}

/**
 * Reads data when the component is shown, again when `key` changes, and every `everyMs` while the page is
 * visible. `key`: a text that stands for everything that `load` uses.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  { everyMs }: { readonly everyMs?: number } = {},
): Resource<T> {
  const state = useRef(signal<State<T>>({ data: undefined, error: undefined, isLoading: true })).current;
  const present = useRef(load);
  present.current = load;
  const again = useRef<() => void>(() => {});

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    /** A reply may lack changes that happened during its read. */
    let isOutdated = false;

    const read = async (): Promise<void> => {
      clearTimeout(timer);
      if (isReading) {
        isOutdated = true;
        return;
      }
      isReading = true;
      isOutdated = false;
      state.value = { ...state.value, isLoading: true };
      try {
        const data = await present.current(ended.signal);
        if (!ended.signal.aborted) state.value = { data, error: undefined, isLoading: false };
      } catch (error) {
        if (!ended.signal.aborted) state.value = { ...state.value, error: error as Error, isLoading: false };
      }
      isReading = false;
      if (isOutdated && !ended.signal.aborted) void read();
      else readLater();
    };
    const readLater = (): void => {
      if (everyMs === undefined || ended.signal.aborted || document.hidden) return;
      timer = setTimeout(read, everyMs);
    };
    const shown = (): void => {
      if (document.hidden) clearTimeout(timer);
      else if (everyMs !== undefined) void read();
    };

    again.current = () => void read();
    document.addEventListener('visibilitychange', shown);
    void read();
    return () => {
      ended.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [key, everyMs]);
  return { ...state.value, reload: () => again.current() };
}
