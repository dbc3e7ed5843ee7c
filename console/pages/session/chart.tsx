import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { CheckField } from '../../parts/form.tsx';
import { texts } from '../../texts/language.ts';

const t = texts({ en: { whole: 'Whole chart' }, de: { whole: 'Ganzes Diagramm' } });

/** The places of a chart: the drawing of a document in the format json. */
export type ChartLayout = Exclude<ReplyOf<'GET /genesys/1/admin/documents/:hash/drawing'>, string>;

/** Pixels from the upper edge of a box to the base of its name, and from one line of a label to the next. */
const NAME_BASE = 18;
const LINE = 14;

/** A state chart whose active states are lit. */
export function Chart({
  layout: { title, width, height, states, transitions },
  active,
  name = `${title}: ${active.join(', ')}`,
}: {
  readonly layout: ChartLayout;
  readonly active: readonly string[];
  /** For screen readers; a page with several charts gives each its own. */
  readonly name?: string;
}): JSX.Element {
  const isWhole = useSignal(false);
  const frame = useRef<HTMLElement>(null);
  const lit = states.filter(({ id }) => active.includes(id));
  const inner = lit.filter((one) => !lit.some((other) => other !== one && isWithin(other, one)));
  const shown = inner[0];
  useEffect(() => {
    if (frame.current === null || shown === undefined) return;
    const { clientWidth, clientHeight } = frame.current;
    const left = shown.x + (shown.width - clientWidth) / 2;
    const top = shown.y + (shown.height - clientHeight) / 2;
    frame.current.scrollTo({ left, top });
  }, [shown?.id, isWhole.value]);
  const classOf = (id: string): string => {
    if (inner.some((one) => one.id === id)) return 'chart-state active inner';
    return lit.some((one) => one.id === id) ? 'chart-state active' : 'chart-state';
  };
  const size = isWhole.value ? { width: '100%' } : { width, height };
  return (
    <>
      <CheckField
        label={t().whole}
        checked={isWhole.value}
        onValue={(value) => {
          isWhole.value = value;
        }}
      />
      <section
        ref={frame}
        class="chart card"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
        aria-label={name}
      >
        <svg {...size} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <defs>
            <marker
              id="chart-end"
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" class="chart-tip" />
            </marker>
          </defs>
          {states.map(({ id, group, kind, x, y, width: wide, height: high }) => (
            <g key={group} class={classOf(id)}>
              <rect x={x} y={y} width={wide} height={high} rx={kind === 'final' ? 14 : 6} />
              <text x={x + 8} y={y + NAME_BASE}>
                {id}
              </text>
            </g>
          ))}
          {transitions.map(({ group, points, label }) => (
            <g key={group} class="chart-way">
              <polyline
                points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
                marker-end="url(#chart-end)"
              />
              {label?.lines.map((line, at) => (
                <text key={line} x={label.x} y={label.y + at * LINE}>
                  {line}
                </text>
              ))}
            </g>
          ))}
        </svg>
      </section>
    </>
  );
}

type Box = Pick<ChartLayout['states'][number], 'x' | 'y' | 'width' | 'height'>;

function isWithin(box: Box, outer: Box): boolean {
  return (
    box.x >= outer.x &&
    box.y >= outer.y &&
    box.x + box.width <= outer.x + outer.width &&
    box.y + box.height <= outer.y + outer.height
  );
}
