import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** True in a later frame than `isReady`, so that work which nobody sees yet does not delay that frame. */
export function useAfterPaint(isReady: boolean): boolean {
  const isPainted = useSignal(false);
  useEffect(() => {
    if (!isReady || isPainted.value) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => {
        isPainted.value = true;
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [isReady]);
  return isPainted.value;
}
