import type { JSX } from 'preact';
import './line.css';

const WIDTH = 240;
const HEIGHT = 40;
/** Room for half of the stroke. */
const EDGE = 2;

/** A short line of numbers over time. `label`: the same in words, for those who do not see it. */
export function Line({
  values,
  label,
}: {
  /** In equal steps of time, the latest last. Undefined: not known. */
  readonly values: readonly (number | undefined)[];
  readonly label: string;
}): JSX.Element {
  const top = Math.max(0, ...values.map((value) => value ?? 0)) || 1;
  const x = (at: number): number => (values.length < 2 ? WIDTH : (at / (values.length - 1)) * WIDTH);
  const y = (value: number): number => HEIGHT - EDGE - (Math.max(0, value) / top) * (HEIGHT - 2 * EDGE);
  const path = values
    .map((value, at) => {
      if (value === undefined) return '';
      const isFirst = at === 0 || values[at - 1] === undefined;
      return `${isFirst ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
  return (
    <svg
      class="line"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={`M0 ${HEIGHT - EDGE}H${WIDTH}`} class="line-base" />
      <path d={path} class="line-values" />
    </svg>
  );
}
