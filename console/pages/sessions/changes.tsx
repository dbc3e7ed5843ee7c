import { useEffect, useRef } from 'preact/hooks';
import { useEvents } from '../../api/events.ts';

/** ms between two reads, however often sessions change. */
const EVERY_MS = 2_000;

/**
 * Has the list read again when sessions have changed, and once more after the last change: a reply of the
 * server may be a second old.
 */
export function Changes({ onChange }: { readonly onChange: () => void }): null {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readAt = useRef(Number.NEGATIVE_INFINITY);
  const isWanted = useRef(false);
  const read = (): void => {
    readAt.current = performance.now();
    onChange();
  };
  useEvents('GET /genesys/1/admin/sessions/search/events', {}, () => {
    if (isWanted.current) return;
    isWanted.current = true;
    clearTimeout(timer.current);
    const pause = Math.max(0, readAt.current + EVERY_MS - performance.now());
    timer.current = setTimeout(() => {
      isWanted.current = false;
      read();
      timer.current = setTimeout(read, EVERY_MS);
    }, pause);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
