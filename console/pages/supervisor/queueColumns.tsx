import type { ReplyOf } from '../../api/operationTypes.ts';
import type { Column } from '../../parts/table/column.ts';
import { durationText } from '../../parts/time.tsx';
import { language } from '../../texts/language.ts';
import { supervisorTexts } from './supervisorTexts.ts';

export type Queue = ReplyOf<'GET /genesys/1/admin/queues'>['queues'][number];

export function nameOf({ name }: Pick<Queue, 'name'>): string {
  return name ?? supervisorTexts().unnamed;
}

/** A wait to the second below some minutes. */
export function secondsText(seconds: number): string {
  if (seconds < 100 || seconds >= 3_600) return durationText(seconds * 1000);
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return rest === 0
    ? durationText(seconds * 1000)
    : `${durationText(minutes * 60_000)} ${durationText(rest * 1000)}`;
}

/** The rows behind a number of a queue. */
export type QueueRows = 'calls' | 'agents';

export function queueColumns(onOpen: (queue: Queue, rows: QueueRows) => void): readonly Column<Queue>[] {
  const t = supervisorTexts();
  const percent = (share: number): string =>
    new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 0 }).format(share);
  const opens = (queue: Queue, rows: QueueRows, text: string) => (
    <button
      type="button"
      class="plain supervisor-number"
      aria-label={`${text}. ${rows === 'agents' ? t.showAgents(nameOf(queue)) : t.showCalls(queue.waiting, nameOf(queue))}`}
      onClick={() => onOpen(queue, rows)}
    >
      {text}
    </button>
  );
  const freeText = ({ agents }: Queue): string => `${agents.free} / ${agents.loggedIn}`;
  const oldest = ({ waiting, oldestSeconds }: Queue): string =>
    waiting === 0 ? '–' : secondsText(oldestSeconds);
  return [
    { key: 'queue', title: t.queue, text: nameOf, width: '8.5rem' },
    {
      key: 'waiting',
      title: t.waiting,
      text: ({ waiting }) => String(waiting),
      sort: ({ waiting }) => waiting,
      cell: (queue) => opens(queue, 'calls', String(queue.waiting)),
      isNumber: true,
      width: '5.25rem',
    },
    {
      key: 'oldest',
      title: t.oldest,
      text: oldest,
      sort: ({ oldestSeconds }) => oldestSeconds,
      cell: (queue) => opens(queue, 'calls', oldest(queue)),
      isNumber: true,
      width: '6rem',
    },
    {
      key: 'free',
      title: t.free,
      text: freeText,
      sort: ({ agents }) => agents.free,
      cell: (queue) => opens(queue, 'agents', freeText(queue)),
      isNumber: true,
      width: '7.25rem',
    },
    {
      key: 'estimate',
      title: t.estimate,
      text: ({ estimate }) => {
        if (estimate === undefined) return '–';
        const range = t.range(secondsText(estimate.fromSeconds), secondsText(estimate.toSeconds));
        return `${secondsText(estimate.seconds)} (${range}${estimate.isRough ? `, ${t.rough}` : ''})`;
      },
      sort: ({ estimate }) => estimate?.seconds ?? -1,
      width: '11.5rem',
    },
    {
      key: 'level',
      title: t.level,
      text: ({ today: { serviceLevel, servedInTime, served, abandoned } }) =>
        serviceLevel === undefined
          ? '–'
          : t.levelText(percent(serviceLevel / 100), servedInTime, served + abandoned),
      sort: ({ today }) => today.serviceLevel ?? -1,
      width: '8rem',
    },
    {
      key: 'abandoned',
      title: t.abandoned,
      text: ({ today }) => String(today.abandoned),
      sort: ({ today }) => today.abandoned,
      isNumber: true,
      width: '6.5rem',
    },
    {
      key: 'came',
      title: t.came,
      text: ({ accuracy }) =>
        accuracy === undefined
          ? '–'
          : t.cameText(
              secondsText(accuracy.waitSeconds),
              secondsText(accuracy.saidSeconds),
              percent(accuracy.inBand),
            ),
      sort: ({ accuracy }) => accuracy?.waitSeconds ?? -1,
      width: '12rem',
    },
  ];
}
