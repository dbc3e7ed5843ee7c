import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';

/** Rows above and below those in view, so that a quick scroll shows no gap. */
const MARGIN_ROWS = 10;
/** As --row of the style sheet, at 16 px. */
const ROW_REM = 2;

/** The rows of a scrolled table that are in the document. */
export interface RowWindow {
  readonly first: number;
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  readonly ref: RefObject<HTMLElement | null>;
  readonly onScroll: () => void;
}

export function useWindow(rows: number): RowWindow {
  const ref = useRef<HTMLElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  // Read once: a read in each render would compute the styles of the page each time.
  const rowHeight = useMemo(
    () => ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
    [],
  );
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);
  const inView = Math.ceil(height.value / rowHeight) + 2 * MARGIN_ROWS;
  const last = Math.max(0, rows - inView);
  const step = Math.max(0, Math.floor(top.value / rowHeight) - MARGIN_ROWS);
  return {
    first: Math.min(step, last),
    count: inView,
    rowHeight,
    ref,
    onScroll: () => {
      top.value = ref.current?.scrollTop ?? 0;
    },
  };
}
