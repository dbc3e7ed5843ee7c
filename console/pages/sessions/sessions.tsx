import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { useVisible } from '../../api/visible.ts';
import { CountFilter } from '../../parts/countFilter.tsx';
import { CheckField, SelectField, TextField } from '../../parts/form.tsx';
import { Failed, Shown } from '../../parts/states.tsx';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { inAddress } from '../../shell/address.ts';
import { changeSessions } from './changeSessions.ts';
import { Changes } from './changes.tsx';
import { documentName, sessionColumns } from './sessionColumns.tsx';
import { type FoundSession, STATUSES, type Status, sessionTexts, statusText } from './sessionTexts.ts';
import './sessions.css';

/** The list is read when the server tells of changes; so often where its stream does not come through. */
const EVERY_MS = 30_000;
const DOCUMENTS_EVERY_MS = 10_000;

/** All sessions, live: filters with counts, and changes of many at once. */
export default function Sessions(): JSX.Element {
  const t = sessionTexts();
  const filters = useMemo(
    () => ({ status: inAddress('status'), document: inAddress('document'), customer: inAddress('customer') }),
    [],
  );
  const [status, document, customer] = [filters.status.value, filters.document.value, filters.customer.value];
  const isPaused = useSignal(false);
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const query = { ...queryOf(status), document, customer };
  const found = useResource(
    JSON.stringify(query),
    (signal) => call('GET /genesys/1/admin/sessions/search', { query, signal }),
    isPaused.value ? {} : { everyMs: EVERY_MS },
  );
  const columns = useMemo(sessionColumns, [t]);
  const isVisible = useVisible();
  return (
    <>
      {isVisible && !isPaused.value && <Changes onChange={found.reload} />}
      <div class="page-head">
        <h1>{t.title}</h1>
        <CheckField
          label={t.paused}
          checked={isPaused.value}
          onValue={(value) => {
            isPaused.value = value;
          }}
        />
      </div>
      <StatusFilter
        counts={found.data?.counts}
        chosen={status}
        onChoose={(chosen) => filters.status.set(chosen)}
      />
      <div class="sessions-filters">
        <DocumentFilter chosen={document} onChoose={(chosen) => filters.document.set(chosen)} />
        <TextField
          label={t.customer}
          hint={t.customerHint}
          value={customer}
          onValue={(value) => filters.customer.set(value.trim())}
        />
      </div>
      <Shown resource={found} rows={16}>
        {(data) => (
          <>
            {(data.more === true || data.found > data.sessions.length) && (
              <p class="muted">{t.more(data.sessions.length, data.found)}</p>
            )}
            <DataTable<FoundSession>
              label={t.title}
              fileName="sessions"
              columns={columns}
              rows={data.sessions}
              keyOf={({ _id }) => _id}
              empty={t.empty}
              selection={{
                keys: selected.value,
                onChange: (keys) => {
                  selected.value = keys;
                },
              }}
              tools={
                <BulkActions
                  sessions={data.sessions.filter(({ _id }) => selected.value.has(_id))}
                  onDone={() => {
                    selected.value = new Set();
                    found.reload();
                  }}
                />
              }
            />
          </>
        )}
      </Shown>
    </>
  );
}

/** The filters that people use most, each with the number of its sessions. */
function StatusFilter({
  counts,
  chosen,
  onChoose,
}: {
  readonly counts: Readonly<Record<Status | 'waiting', number>> | undefined;
  readonly chosen: string;
  readonly onChoose: (status: string) => void;
}): JSX.Element {
  const t = sessionTexts();
  const all = counts && STATUSES.reduce((sum, status) => sum + counts[status], 0);
  const values = [
    { value: '', text: t.all, count: all },
    { value: 'waiting', text: t.waiting, count: counts?.waiting },
    ...STATUSES.map((status) => ({
      value: status,
      text: statusText(status),
      count: counts?.[status],
      isBad: isBad(status),
    })),
  ];
  return <CountFilter label={t.status} values={values} chosen={chosen} onChoose={onChoose} />;
}

function DocumentFilter({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (document: string) => void;
}): JSX.Element {
  const t = sessionTexts();
  const documents = useResource('', (signal) => call('GET /genesys/1/admin/documents', { signal }), {
    everyMs: DOCUMENTS_EVERY_MS,
  });
  const versions = documents.data ?? [];
  const urls = [...new Set(versions.map(({ src }) => src))].sort();
  const countOf = (url: string): number =>
    versions.filter(({ src }) => src === url).reduce((sum, { sessions }) => sum + sessions, 0);
  const isKnown = chosen === '' || urls.includes(chosen);
  return (
    <>
      <SelectField
        label={t.document}
        value={chosen}
        options={[
          { value: '', text: t.allDocuments },
          ...urls.map((url) => ({ value: url, text: `${documentName(url)} (${countOf(url)})` })),
          // A link may name a version, or a document that no live session needs.
          ...(isKnown ? [] : [{ value: chosen, text: documentName(chosen) }]),
        ]}
        onValue={onChoose}
      />
      {documents.error !== undefined && <Failed error={documents.error} retry={documents.reload} />}
    </>
  );
}

function BulkActions({
  sessions,
  onDone,
}: {
  readonly sessions: readonly FoundSession[];
  readonly onDone: () => void;
}): JSX.Element {
  const t = sessionTexts();
  const live = sessions.filter(
    ({ status }) => status === 'running' || status === 'scheduled' || status === 'setAside',
  );
  const aside = sessions.filter(({ status }) => status === 'setAside');
  const run = async (kind: 'terminate' | 'retry', chosen: readonly FoundSession[]): Promise<void> => {
    if (
      await changeSessions(
        kind,
        chosen.map(({ _id }) => _id),
      )
    )
      onDone();
  };
  return (
    <>
      {mayCall('POST /genesys/1/admin/sessions/terminate') && (
        <button
          type="button"
          class="danger"
          disabled={live.length === 0}
          onClick={() => void run('terminate', live)}
        >
          {t.terminate(live.length)}
        </button>
      )}
      {mayCall('POST /genesys/1/admin/sessions/retry') && (
        <button type="button" disabled={aside.length === 0} onClick={() => void run('retry', aside)}>
          {t.retry(aside.length)}
        </button>
      )}
    </>
  );
}

function queryOf(status: string): Readonly<Record<string, string>> {
  if (status === 'waiting') return { waiting: 'true' };
  return STATUSES.some((one) => one === status) ? { status } : {};
}

function isBad(status: string): boolean {
  return status === 'failed' || status === 'setAside';
}
