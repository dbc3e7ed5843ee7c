import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { SelectField } from '../../parts/form.tsx';
import { texts } from '../../texts/language.ts';
import { type ChartPart, keyOf, type Place } from './places.ts';
import './source.css';

const t = texts({
  en: {
    title: 'Source',
    file: 'File',
    help: 'Enter goes to the chart.',
    helpBreakpoint: 'Enter goes to the chart, b or a press on a number sets a breakpoint.',
    breakpoint: 'breakpoint',
  },
  de: {
    title: 'Quelltext',
    file: 'Datei',
    help: 'Enter geht zum Diagramm.',
    helpBreakpoint: 'Enter geht zum Diagramm, b oder ein Druck auf eine Nummer setzt einen Haltepunkt.',
    breakpoint: 'Haltepunkt',
  },
});

export type SourceDocument = ReplyOf<'GET /genesys/1/admin/debug/sessions/:sid/document'>;

/** The marks of the lines. */
export interface SourceMarks {
  readonly chosen: Place | undefined;
  /** Ids of the active states. */
  readonly active: readonly string[];
  /** Keys of the places of taken transitions. */
  readonly taken: ReadonlySet<string>;
  readonly breakpoints: ReadonlySet<string>;
}

/** The text of a document and its includes, with the lines of its states and transitions marked. */
export function Source({
  document: { sources },
  parts,
  marks: { chosen, active, taken, breakpoints },
  onChoose,
  onOpen,
  onBreakpoint,
}: {
  readonly document: SourceDocument;
  readonly parts: readonly ChartPart[];
  readonly marks: SourceMarks;
  readonly onChoose: (place: Place) => void;
  /** Enter: goes to the chart. */
  readonly onOpen: () => void;
  /** Sets or removes a breakpoint. Absent: nobody debugs. */
  readonly onBreakpoint?: ((place: Place) => void) | undefined;
}): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const shown = sources.find(({ url }) => url === chosen?.file) ?? sources[0];
  const { url = '', text = '' } = shown ?? {};
  const lines = useMemo(() => text.split(/\r\n|\n|\r/), [text]);
  const present = chosen?.file === url ? chosen.line : undefined;
  const states = useMemo(() => activeLines(parts, active), [parts, active]);
  useEffect(() => {
    const line = present === undefined ? null : (frame.current?.children.item(present - 1) ?? null);
    if (frame.current !== null && line instanceof HTMLElement) scrollTo(frame.current, line);
  }, [url, present]);
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const line = Math.min(Math.max((present ?? 0) + (step ?? 0), 1), lines.length);
    if (step !== undefined) onChoose({ file: url, line });
    else if (event.key === 'b' && onBreakpoint !== undefined) onBreakpoint({ file: url, line });
    else if (event.key === 'Enter') {
      const part = parts.findLast(({ place }) => place.file === url && place.line <= line);
      if (part !== undefined) onChoose(part.place);
      onOpen();
    } else return;
    event.preventDefault();
  };
  const shownLines = useMemo(
    () =>
      lines.map((code, index) => {
        const line = index + 1;
        const key = keyOf({ file: url, line });
        const hasBreakpoint = breakpoints.has(key);
        const classes = [
          'source-line',
          states.has(key) ? 'active' : '',
          taken.has(key) ? 'taken' : '',
          hasBreakpoint ? 'breakpoint' : '',
        ];
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
          <div
            key={line}
            id={`source-${line}`}
            class={classes.join(' ')}
            role="option"
            aria-selected={line === present}
          >
            <span class="source-number">{line}</span>
            {hasBreakpoint && <span class="sr-only">{t().breakpoint}</span>}
            <code>{code}</code>
          </div>
        );
      }),
    [lines, url, present, states, taken, breakpoints],
  );
  return (
    <section class="source">
      <h2>{t().title}</h2>
      <div class="source-tools">
        {sources.length > 1 && (
          <SelectField
            label={t().file}
            value={url}
            options={sources.map(({ url: value }) => ({ value, text: value.replace(/^.*\//, '') }))}
            onValue={(file) => onChoose({ file, line: 1 })}
          />
        )}
        <span class="muted">{onBreakpoint === undefined ? t().help : t().helpBreakpoint}</span>
      </div>
      <div
        ref={frame}
        class="source-lines"
        role="listbox"
        tabIndex={0}
        aria-label={`${t().title}: ${url}`}
        aria-activedescendant={present === undefined ? undefined : `source-${present}`}
        onKeyDown={press}
        onClick={({ target, currentTarget }) => {
          if (!(target instanceof Element)) return;
          const option = target.closest('.source-line');
          if (option === null) return;
          const place = { file: url, line: [...currentTarget.children].indexOf(option) + 1 };
          if (target.matches('.source-number')) onBreakpoint?.(place);
          onChoose(place);
        }}
      >
        {shownLines}
      </div>
    </section>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 20,
  PageUp: -20,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function scrollTo(frame: HTMLElement, line: HTMLElement): void {
  const top = line.offsetTop - frame.offsetTop;
  const isSeen = top >= frame.scrollTop && top + line.offsetHeight <= frame.scrollTop + frame.clientHeight;
  if (!isSeen) frame.scrollTop = top - frame.clientHeight / 2;
}

function activeLines(parts: readonly ChartPart[], active: readonly string[]): ReadonlySet<string> {
  const ids = new Set(active);
  return new Set(
    parts.flatMap(({ state, place }) => (state !== undefined && ids.has(state) ? [keyOf(place)] : [])),
  );
}
