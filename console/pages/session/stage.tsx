import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { type Resource, useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import { texts } from '../../texts/language.ts';
import { useAfterPaint } from './afterPaint.ts';
import { Chart } from './chart.tsx';
import type { FoundSession } from './foundSession.ts';
import { type ChartLayout, keyOf, type Place, partsOf } from './places.ts';
import { Source, type SourceDocument } from './source.tsx';
import { StepDetails } from './stepDetails.tsx';
import type { NumberedStep } from './steps.ts';
import './session.css';
import './stage.css';

const t = texts({
  en: { chart: 'State chart', data: 'Data' },
  de: { chart: 'Zustandsdiagramm', data: 'Daten' },
});

/** A moment of a session. */
export interface Scene {
  /** Ids of the active states. */
  readonly active: readonly string[];
  /** The step that led to it. */
  readonly numbered?: NumberedStep | undefined;
  /** Absent: not known, or not for this user. */
  readonly data?: unknown;
}

/** Breakpoints that the reader sets in the chart and the source. */
export interface BreakpointMarks {
  /** Keys of places, and ids of states. */
  readonly keys: ReadonlySet<string>;
  readonly onToggle: (place: Place) => void;
}

const NO_BREAKPOINTS: ReadonlySet<string> = new Set();

/** Shows a moment of a session of this server. Its source is for those who may debug. */
export function SessionStage({
  session: { _id: sid, documentHash },
  ...others
}: {
  readonly session: FoundSession;
  readonly scene: Scene;
  readonly breakpoints?: BreakpointMarks | undefined;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const layout = useResource(documentHash, async (signal) => {
    const input = { path: { hash: documentHash }, query: { format: 'json' }, signal };
    return (await call('GET /genesys/1/admin/documents/:hash/drawing', input)) as ChartLayout;
  });
  const source = useResource(sid, async (signal) => {
    if (!mayCall('GET /genesys/1/admin/debug/sessions/:sid/document')) return undefined;
    return call('GET /genesys/1/admin/debug/sessions/:sid/document', { path: { sid }, signal });
  });
  return <Stage layout={layout} source={source.data} {...others} />;
}

/** A moment of a session: its chart beside the source, the step before it, and its data. */
export function Stage({
  layout,
  source,
  scene: { active, numbered, data },
  breakpoints,
  children,
}: {
  readonly layout: Resource<ChartLayout>;
  readonly source: SourceDocument | undefined;
  readonly scene: Scene;
  readonly breakpoints?: BreakpointMarks | undefined;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const chosen = useSignal<Place | undefined>(undefined);
  // The lines of a long source are made after the chart is painted.
  const isSourceShown = useAfterPaint(layout.data !== undefined || layout.error !== undefined);
  const taken = useMemo(() => takenIn(numbered), [numbered]);
  const parts = useMemo(() => (layout.data === undefined ? [] : partsOf(layout.data)), [layout.data]);
  const marks = { active, taken, breakpoints: breakpoints?.keys ?? NO_BREAKPOINTS, chosen: chosen.value };
  const choose = (place: Place): void => {
    chosen.value = place;
  };
  return (
    <>
      <div class={source === undefined ? 'stage' : 'stage wide'}>
        <section>
          <h2>{t().chart}</h2>
          <Shown resource={layout} rows={16}>
            {(chart) => (
              <Chart
                layout={chart}
                parts={parts}
                marks={marks}
                onChoose={choose}
                onOpen={source && (() => focusOn('.source-lines'))}
                onBreakpoint={breakpoints?.onToggle}
              />
            )}
          </Shown>
        </section>
        {source !== undefined && isSourceShown && (
          <Source
            document={source}
            parts={parts}
            marks={marks}
            onChoose={choose}
            onOpen={() => focusOn('.chart')}
            onBreakpoint={breakpoints?.onToggle}
          />
        )}
      </div>
      {children}
      <div class="stage-facts">
        {numbered !== undefined && (
          <StepDetails
            numbered={numbered}
            onLine={source && (({ file = '', line = 1 }) => choose({ file, line }))}
          />
        )}
        {data !== undefined && (
          <section>
            <h2>{t().data}</h2>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
            <pre class="session-data card" tabIndex={0}>
              {JSON.stringify(data, undefined, 2)}
            </pre>
          </section>
        )}
      </div>
    </>
  );
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

function takenIn(numbered: NumberedStep | undefined): ReadonlySet<string> {
  const lines = numbered?.step.lines ?? [];
  return new Set(
    lines.flatMap(({ text, file, line }) =>
      text.startsWith('transition ') && file !== undefined && line !== undefined
        ? [keyOf({ file, line })]
        : [],
    ),
  );
}
