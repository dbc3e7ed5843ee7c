import type { Column } from '../../parts/table/column.ts';
import { Time, timeText } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import { BADGES, type CallbackRecord, callbackTexts } from './callbackTexts.ts';

/** Fields that have a column of their own, or say nothing to a person. */
const KNOWN = new Set([
  '_id',
  '_service_name',
  '_callback_state',
  '_callback_reason',
  '_desired_time',
  '_expiration_time',
  '_customer_number',
  '_ors_session_id',
  '_data_id',
  '_url',
  'url',
]);
/** Columns of further properties. */
const MAX_FURTHER = 20;

/** The columns of the list, in the present language; one more for each further property of the records. */
export function callbackColumns(records: readonly CallbackRecord[]): readonly Column<CallbackRecord>[] {
  const t = callbackTexts();
  return [
    {
      key: 'id',
      title: t.id,
      width: '9rem',
      text: ({ _id }) => _id,
      cell: ({ _id }) => (
        <a class="callbacks-id" href={hrefOf(`callbacks/${encodeURIComponent(_id)}`)}>
          {_id}
        </a>
      ),
    },
    {
      key: 'state',
      title: t.state,
      width: '8rem',
      text: ({ _callback_state }) => _callback_state,
      cell: ({ _callback_state }) => (
        <span class={`badge ${BADGES[_callback_state]}`}>{_callback_state}</span>
      ),
    },
    timeColumn('desired', t.desired, ({ _desired_time }) => _desired_time),
    { key: 'number', title: t.number, width: '9rem', text: ({ _customer_number: number = '' }) => number },
    { key: 'service', title: t.service, width: '9rem', text: ({ _service_name }) => _service_name },
    { key: 'reason', title: t.reason, width: '11rem', text: ({ _callback_reason: reason = '' }) => reason },
    {
      key: 'session',
      title: t.session,
      width: '9rem',
      text: ({ _ors_session_id: session = '' }) => session,
      // A scheduled one has the id of a session that begins later.
      cell: ({ _ors_session_id: session = '', _callback_state: state }) =>
        state === 'SCHEDULED' ? (
          <span class="callbacks-id">{session}</span>
        ) : (
          session !== '' && (
            <a class="callbacks-id" href={hrefOf(`sessions/${encodeURIComponent(session)}`)}>
              {session}
            </a>
          )
        ),
    },
    { ...timeColumn('expires', t.expires, ({ _expiration_time }) => _expiration_time), isHidden: true },
    { key: 'data', title: t.data, isHidden: true, text: ({ _data_id }) => _data_id },
    ...furtherNames(records).map(
      (name): Column<CallbackRecord> => ({
        key: `property.${name.replaceAll(' ', '_')}`,
        title: name,
        isHidden: true,
        text: (record) => record[name] ?? '',
      }),
    ),
  ];
}

function timeColumn(
  key: string,
  title: string,
  at: (record: CallbackRecord) => string,
): Column<CallbackRecord> {
  return {
    key,
    title,
    width: '12rem',
    text: (record) => timeText(at(record)),
    sort: at,
    cell: (record) => <Time at={at(record)} />,
  };
}

/** Properties of the customers, and returned-keys of the configuration. */
function furtherNames(records: readonly CallbackRecord[]): readonly string[] {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names]
    .filter((name) => !KNOWN.has(name))
    .sort()
    .slice(0, MAX_FURTHER);
}
