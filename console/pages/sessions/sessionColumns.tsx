import type { Column } from '../../parts/table/column.ts';
import { durationText, Time, timeText } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import { type FoundSession, type Status, sessionTexts, statusText } from './sessionTexts.ts';

const KINDS: Readonly<Record<Status, string>> = {
  running: 'good',
  scheduled: '',
  setAside: 'warn',
  failed: 'bad',
  completed: '',
  terminated: '',
};
const VERSION_CHARS = 8;

/** The columns of the list, in the present language. */
export function sessionColumns(): readonly Column<FoundSession>[] {
  const t = sessionTexts();
  return [
    {
      key: 'id',
      title: t.id,
      width: '7.5rem',
      text: ({ _id }) => _id,
      cell: ({ _id }) => (
        <a class="sessions-id" href={hrefOf(`sessions/${encodeURIComponent(_id)}`)}>
          {_id}
        </a>
      ),
    },
    {
      key: 'status',
      title: t.status,
      width: '7rem',
      text: ({ status }) => statusText(status),
      cell: ({ status }) => <span class={`badge ${KINDS[status]}`}>{statusText(status)}</span>,
    },
    { key: 'document', title: t.document, width: '10rem', text: ({ src }) => documentName(src) },
    {
      key: 'version',
      title: t.version,
      width: '6.5rem',
      text: ({ documentHash }) => documentHash.slice(0, VERSION_CHARS),
    },
    { key: 'states', title: t.states, text: ({ configuration }) => configuration.join(' ') },
    {
      key: 'age',
      title: t.age,
      width: '5.5rem',
      isNumber: true,
      text: (session) => durationText(ageOf(session)),
      sort: ageOf,
    },
    { key: 'service', title: t.service, width: '7rem', text: ({ service }) => service?.name ?? '' },
    {
      key: 'serviceState',
      title: t.serviceState,
      width: '8rem',
      text: ({ service }) => service?.state ?? '',
    },
    {
      key: 'customer',
      title: t.customer,
      width: '10rem',
      text: ({ customer }) => customer?.join(', ') ?? '',
    },
    { key: 'reason', title: t.reason, isHidden: true, text: ({ reason }) => reason ?? '' },
    {
      key: 'started',
      title: t.started,
      width: '10rem',
      isHidden: true,
      text: ({ startedAt }) => timeText(startedAt),
      sort: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <Time at={startedAt} />,
    },
    {
      key: 'ended',
      title: t.ended,
      width: '10rem',
      isHidden: true,
      text: ({ endedAt }) => (endedAt === undefined ? '' : timeText(endedAt)),
      sort: ({ endedAt }) => endedAt ?? '',
      cell: ({ endedAt }) => endedAt !== undefined && <Time at={endedAt} />,
    },
  ];
}

/** The name of a document in a narrow column: the last parts of its URL. */
export function documentName(src: string): string {
  return src.replace(/^.*\/service_template\//, '').replace(/^https?:\/\//, '');
}

/** ms until now, or until its end. */
function ageOf({ startedAt, endedAt }: FoundSession): number {
  return (endedAt === undefined ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}
