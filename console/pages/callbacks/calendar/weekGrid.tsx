import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { clockText, dateText, type OfficeDay, offsetText, ownClockText } from '../officeClock.ts';
import { calendarTexts } from './calendarTexts.ts';
import type { Cell, HourCell, HourRow } from './hourGrid.ts';

const HOUR_MS = 3_600_000;
const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The hours of some days. One cell is in the order of the tab key; the arrow keys reach the others. */
export function WeekGrid({
  days,
  rows,
  zone,
  chosen,
  onChoose,
}: {
  readonly days: readonly OfficeDay[];
  readonly rows: readonly HourRow[];
  readonly zone: string;
  /** The beginning of the chosen hour. */
  readonly chosen: number | undefined;
  readonly onChoose: (start: number) => void;
}): JSX.Element {
  const t = calendarTexts();
  const table = useRef<HTMLTableElement>(null);
  const focused = useSignal<readonly [row: number, column: number]>([0, 0]);
  const [row, column] = [
    Math.min(focused.value[0], rows.length - 1),
    Math.min(focused.value[1], days.length - 1),
  ];
  const move = (event: KeyboardEvent): void => {
    const target = targetOf(event, { row, column, rows: rows.length, columns: days.length });
    if (target === undefined) return;
    event.preventDefault();
    focused.value = target;
    table.current?.querySelector<HTMLElement>(`[data-cell="${target.join('-')}"]`)?.focus();
  };
  return (
    <div class="calendar-scroll">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table is the markup of a grid */}
      <table role="grid" class="calendar-grid" aria-label={t.title} ref={table} onKeyDown={move}>
        <thead>
          <tr>
            <th scope="col">{t.hour}</th>
            {days.map((day) => (
              <th scope="col" key={day.date}>
                <DayHead day={day} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }, atRow) => (
            <tr key={key}>
              <th scope="row">
                <HourHead cells={cells} zone={zone} hour={key} />
              </th>
              {cells.map((cell, atColumn) => (
                <td key={cell.day.date}>
                  <CellButton
                    cell={cell}
                    zone={zone}
                    isChosen={cell.kind === 'hour' && cell.hour.start === chosen}
                    id={`${atRow}-${atColumn}`}
                    isTabStop={atRow === row && atColumn === column}
                    onFocus={() => {
                      focused.value = [atRow, atColumn];
                    }}
                    onChoose={onChoose}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The cell to which a key leads; undefined: it leads nowhere. */
function targetOf(
  { key }: KeyboardEvent,
  { row, column, rows, columns }: Readonly<Record<'row' | 'column' | 'rows' | 'columns', number>>,
): readonly [number, number] | undefined {
  if (key === 'Home') return [row, 0];
  if (key === 'End') return [row, columns - 1];
  if (key === 'PageUp') return [0, column];
  if (key === 'PageDown') return [rows - 1, column];
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const within = (at: number, count: number): number => Math.min(count - 1, Math.max(0, at));
  return [within(row + step[0], rows), within(column + step[1], columns)];
}

function DayHead({ day: { date, start, end } }: { readonly day: OfficeDay }): JSX.Element {
  const t = calendarTexts();
  const hours = (Date.parse(end) - Date.parse(start)) / HOUR_MS;
  return (
    <>
      {dateText(date, 'short')}
      {hours !== 24 && (
        <span class="badge warn" title={t.changedDay(String(hours))}>
          {t.hours(String(hours))}
        </span>
      )}
    </>
  );
}

/** An hour of the office, and those of the reader, which differ where only one of two clocks has changed. */
function HourHead({
  cells,
  zone,
  hour,
}: {
  readonly cells: readonly Cell[];
  readonly zone: string;
  readonly hour: string;
}): JSX.Element {
  const hours = cells.filter((cell): cell is HourCell => cell.kind === 'hour');
  const own = [...new Set(hours.map((cell) => ownClockText(cell.hour.start, zone).slice(-5)))];
  const isSecond = hour.endsWith('+');
  return (
    <>
      {hour.slice(0, 2)}:00
      {isSecond && <span class="muted"> {offsetText(hours[0]!.hour.start, zone)}</span>}
      {own.some((text) => text !== '') && (
        <span class="muted calendar-own">({own.filter((text) => text !== '').join(', ')})</span>
      )}
    </>
  );
}

function CellButton({
  cell,
  zone,
  id,
  isChosen,
  isTabStop,
  onFocus,
  onChoose,
}: {
  readonly cell: Cell;
  readonly zone: string;
  readonly id: string;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
  readonly onChoose: (start: number) => void;
}): JSX.Element {
  const t = calendarTexts();
  const isHour = cell.kind === 'hour';
  return (
    <button
      type="button"
      class={`calendar-cell ${kindOf(cell)}`}
      data-cell={id}
      tabIndex={isTabStop ? 0 : -1}
      aria-pressed={isChosen}
      aria-disabled={!isHour}
      title={isHour ? '' : t[cell.kind]}
      onFocus={onFocus}
      onClick={() => isHour && onChoose(cell.hour.start)}
    >
      <span class="sr-only">
        {isHour ? labelOf(cell, zone) : `${dateText(cell.day.date)}: ${t[cell.kind]}`}
      </span>
      {isHour ? <HourContent cell={cell} /> : <span aria-hidden="true">–</span>}
    </button>
  );
}

function HourContent({ cell: { free, total, callbacks } }: { readonly cell: HourCell }): JSX.Element {
  const t = calendarTexts();
  return (
    <>
      <span aria-hidden="true">{total === 0 ? t.closed : free === 0 ? t.full : t.free(free)}</span>
      {callbacks.length > 0 && (
        <span class="calendar-count" aria-hidden="true">
          {callbacks.length}
        </span>
      )}
    </>
  );
}

function labelOf({ day, hour, free, total, callbacks }: HourCell, zone: string): string {
  const t = calendarTexts();
  const own = ownClockText(hour.start, zone);
  const time = `${clockText(hour.start, zone)}${own === '' ? '' : ` (${own})`}`;
  const offer = total === 0 ? t.closed : t.freeOf(free, total);
  return `${dateText(day.date)}, ${time}: ${offer}, ${t.callbacks(callbacks.length)}`;
}

function kindOf(cell: Cell): string {
  if (cell.kind !== 'hour') return 'none';
  if (cell.total === 0) return 'closed';
  return cell.free === 0 ? 'full' : 'open';
}
