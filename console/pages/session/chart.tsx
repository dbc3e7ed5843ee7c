import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { CheckField } from '../../parts/form.tsx';
import { texts } from '../../texts/language.ts';
import { useAfterPaint } from './afterPaint.ts';
import { ChartDrawing, type ChartMarks } from './chartDrawing.tsx';
import { type ChartLayout, type ChartPart, keyOf, type Place, partsOf } from './places.ts';
import './chart.css';

const t = texts({
  en: {
    whole: 'Whole chart',
    help: 'Arrow keys go through states and transitions.',
    helpOpen: 'Arrow keys go through states and transitions, Enter goes to the source.',
    helpBreakpoint:
      'Arrow keys go through states and transitions, Enter goes to the source, b sets a breakpoint.',
  },
  de: {
    whole: 'Ganzes Diagramm',
    help: 'Pfeiltasten gehen durch Zustände und Übergänge.',
    helpOpen: 'Pfeiltasten gehen durch Zustände und Übergänge, Enter geht zum Quelltext.',
    helpBreakpoint:
      'Pfeiltasten gehen durch Zustände und Übergänge, Enter geht zum Quelltext, b setzt einen Haltepunkt.',
  },
});

/** A state chart: active states, taken transitions and breakpoints are marked. */
export function Chart({
  layout,
  name,
  parts,
  marks,
  onChoose,
  onOpen,
  onBreakpoint,
}: {
  readonly layout: ChartLayout;
  /** For screen readers; a page with several charts gives each its own. */
  readonly name?: string;
  readonly parts: readonly ChartPart[];
  readonly marks: ChartMarks;
  readonly onChoose: (place: Place) => void;
  /** Enter on a part: goes to its source. */
  readonly onOpen?: (() => void) | undefined;
  /** Sets or removes a breakpoint. Absent: nobody debugs. */
  readonly onBreakpoint?: ((place: Place) => void) | undefined;
}): JSX.Element {
  const isWhole = useSignal(false);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const { active, chosen } = marks;
  const inner = useMemo(() => innermost(layout.states, active), [layout, active]);
  const isPainted = useAfterPaint(true);
  const drawn = useMemo(() => (isPainted ? layout : firstSeen(layout, inner[0])), [layout, isPainted]);
  const chosenKey = chosen && keyOf(chosen);
  const at = parts.findIndex(({ place }) => keyOf(place) === chosenKey);
  const shown = inner[0];
  // Before the first frame, which has only the part of the chart around it.
  useLayoutEffect(() => {
    if (shown !== undefined) scrollTo(frame.current, shown);
  }, [shown?.id, isWhole.value]);
  useEffect(() => {
    const group = parts[at]?.group;
    const box = layout.states.find((one) => one.group === group);
    if (box !== undefined) scrollTo(frame.current, box);
  }, [chosenKey]);
  const choose = (part: ChartPart | undefined): void => {
    if (part !== undefined) onChoose(part.place);
  };
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (event.key === 'Enter') onOpen?.();
    else if (event.key === 'b' && chosen !== undefined) onBreakpoint?.(chosen);
    else if (step !== undefined) choose(parts[Math.min(Math.max(at + step, 0), parts.length - 1)]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="chart-tools">
        <CheckField
          label={t().whole}
          checked={isWhole.value}
          onValue={(value) => {
            isWhole.value = value;
          }}
        />
        <span class="muted">{helpText(onOpen, onBreakpoint)}</span>
      </div>
      <div
        ref={frame}
        id={id}
        class="chart card"
        role="listbox"
        tabIndex={0}
        aria-label={name ?? `${layout.title}: ${active.join(', ')}`}
        aria-activedescendant={at === -1 ? undefined : `${id}-${parts[at]?.group}`}
        onKeyDown={press}
        onClick={({ target }) => {
          const group = target instanceof Element ? target.closest('g')?.id : undefined;
          choose(parts.find((part) => `${id}-${part.group}` === group));
        }}
      >
        <ChartDrawing
          id={id}
          layout={drawn}
          parts={parts}
          marks={marks}
          inner={new Set(inner.map(({ id }) => id))}
          isWhole={isWhole.value}
        />
      </div>
    </>
  );
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** The chart of a document that no session runs. */
export function PlainChart({
  layout,
  name,
}: {
  readonly layout: ChartLayout;
  readonly name: string;
}): JSX.Element {
  const chosen = useSignal<Place | undefined>(undefined);
  const parts = useMemo(() => partsOf(layout), [layout]);
  return (
    <Chart
      layout={layout}
      name={name}
      parts={parts}
      marks={{ active: [], taken: NO_KEYS, breakpoints: NO_KEYS, chosen: chosen.value }}
      onChoose={(place) => {
        chosen.value = place;
      }}
    />
  );
}

function helpText(onOpen: unknown, onBreakpoint: unknown): string {
  if (onBreakpoint !== undefined) return t().helpBreakpoint;
  return onOpen === undefined ? t().help : t().helpOpen;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

type Box = ChartLayout['states'][number];

function scrollTo(frame: HTMLElement | null, { x, y, width, height }: Box): void {
  if (frame === null) return;
  const { clientWidth, clientHeight, scrollLeft, scrollTop } = frame;
  const isSeen =
    x >= scrollLeft &&
    y >= scrollTop &&
    x + width <= scrollLeft + clientWidth &&
    y + height <= scrollTop + clientHeight;
  if (!isSeen) frame.scrollTo({ left: x + (width - clientWidth) / 2, top: y + (height - clientHeight) / 2 });
}

/**
 * The part of a chart that the first frame can show, which scrolls to `shown`. The frame is at most as large as
 * the window.
 */
function firstSeen(layout: ChartLayout, shown: Box | undefined): ChartLayout {
  const { x, y, width, height } = shown ?? { x: 0, y: 0, width: 0, height: 0 };
  const isNear = (left: number, top: number, right: number, bottom: number): boolean =>
    right >= x - innerWidth &&
    left <= x + width + innerWidth &&
    bottom >= y - innerHeight &&
    top <= y + height + innerHeight;
  return {
    ...layout,
    states: layout.states.filter((box) => isNear(box.x, box.y, box.x + box.width, box.y + box.height)),
    transitions: layout.transitions.filter(({ points, label }) => {
      const all = label === undefined ? points : [...points, label];
      const [xs, ys] = [all.map((one) => one.x), all.map((one) => one.y)];
      return isNear(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    }),
  };
}

/** The active states that have no active state inside. */
function innermost(states: readonly Box[], active: readonly string[]): readonly Box[] {
  const ids = new Set(active);
  const lit = states.filter(({ id }) => ids.has(id));
  return lit.filter((one) => !lit.some((other) => other !== one && isWithin(other, one)));
}

function isWithin(box: Box, outer: Box): boolean {
  return (
    box.x >= outer.x &&
    box.y >= outer.y &&
    box.x + box.width <= outer.x + outer.width &&
    box.y + box.height <= outer.y + outer.height
  );
}
