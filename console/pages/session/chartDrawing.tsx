import { Fragment, type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type ChartLabel, type ChartLayout, type ChartPart, keyOf, type Place } from './places.ts';

/** Pixels from the upper edge of a box to the base of its name. */
const NAME_BASE = 19;
/** Pixels from the upper edge of a label to the base of its first line, and from one line to the next. */
const LABEL_BASE = 12;
const LINE = 15;

/** The marks of a chart. */
export interface ChartMarks {
  /** Ids of the active states. */
  readonly active: readonly string[];
  /** Keys of the places of the transitions that the shown step took. */
  readonly taken: ReadonlySet<string>;
  /** Keys of places, and ids of states, that have breakpoints. */
  readonly breakpoints: ReadonlySet<string>;
  readonly chosen: Place | undefined;
}

/** The boxes and ways of a chart. */
export function ChartDrawing({
  id: chart,
  layout: { width, height, files, states, transitions },
  parts,
  marks: { active, taken, breakpoints, chosen },
  inner,
  isWhole,
}: {
  /** Begins the ids of its groups. */
  readonly id: string;
  readonly layout: ChartLayout;
  readonly parts: readonly ChartPart[];
  readonly marks: ChartMarks;
  /** Ids of the innermost active states. */
  readonly inner: ReadonlySet<string>;
  readonly isWhole: boolean;
}): JSX.Element {
  const names = useMemo(() => new Map(parts.map(({ group, text }) => [group, text])), [parts]);
  const lit = new Set(active);
  const chosenKey = chosen && keyOf(chosen);
  const keyAt = (file: number, line: number): string => keyOf({ file: files[file] ?? '', line });
  return (
    <svg
      {...(isWhole ? { width: '100%' } : { width, height })}
      viewBox={`0 0 ${width} ${height}`}
      role="none"
    >
      <defs>
        <marker
          id={`${chart}-end`}
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" class="chart-tip" />
        </marker>
      </defs>
      {states.map(({ id, group, kind, file, line, x, y, width: wide, height: high, label }) => {
        const key = keyAt(file, line);
        const classes = [
          'chart-state',
          lit.has(id) ? 'active' : '',
          inner.has(id) ? 'inner' : '',
          key === chosenKey ? 'chosen' : '',
        ];
        return (
          <g
            key={group}
            {...optionOf(`${chart}-${group}`, [id, ...(label?.lines ?? [])].join(' '), key === chosenKey)}
            class={classes.join(' ')}
          >
            <rect x={x} y={y} width={wide} height={high} rx={kind === 'final' ? 14 : 6} />
            <text x={x + 8} y={y + NAME_BASE}>
              {id}
            </text>
            <Label label={label} />
            {(breakpoints.has(id) || breakpoints.has(key)) && (
              <circle class="chart-breakpoint" cx={x} cy={y} r="5" />
            )}
          </g>
        );
      })}
      {transitions.map(({ group, points, label, file, line }) => {
        const key = keyAt(file, line);
        const classes = ['chart-way', taken.has(key) ? 'taken' : '', key === chosenKey ? 'chosen' : ''];
        const name = names.get(group);
        const [start = label] = points;
        return (
          <g
            key={group}
            {...(name === undefined
              ? { role: 'none' }
              : optionOf(`${chart}-${group}`, name, key === chosenKey))}
            class={classes.join(' ')}
          >
            {points.length > 0 && (
              <polyline
                points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
                marker-end={`url(#${chart}-end)`}
              />
            )}
            <Label label={label} />
            {breakpoints.has(key) && start !== undefined && (
              <circle class="chart-breakpoint" cx={start.x} cy={start.y} r="5" />
            )}
          </g>
        );
      })}
    </svg>
  );
}

function Label({ label }: { readonly label: ChartLabel | undefined }): JSX.Element | null {
  if (label === undefined) return null;
  const { x, y, lines } = label;
  return (
    <>
      {lines.map((text, at) => (
        <Fragment key={at}>
          {/* Without a space, what is read aloud joins the last word before and the first of the line. */}{' '}
          <text x={x + 2} y={y + LABEL_BASE + at * LINE} class="chart-label">
            {text}
          </text>
        </Fragment>
      ))}
    </>
  );
}

function optionOf(id: string, name: string, isChosen: boolean) {
  return { id, role: 'option' as const, 'aria-label': name, 'aria-selected': isChosen };
}
