import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Dialog } from '../../parts/dialog.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { texts } from '../../texts/language.ts';
import { curlOf, type LogEntries, type LogEntry } from './journalEntries.ts';
import { baseUrl } from './visitors.ts';

const t = texts({
  en: {
    title: 'Messages',
    empty: 'Messages of the customers come here.',
    clear: 'Clear',
    number: 'No.',
    time: 'Time',
    customer: 'Customer',
    direction: 'Direction',
    sent: 'sent',
    received: 'received',
    wire: 'Wire',
    what: 'Method, channel',
    where: 'URL, transport',
    status: 'Status',
    ms: 'ms',
    headers: 'Headers',
    body: 'Body',
    show: (number: number) => `Show message ${number}`,
    message: (number: number) => `Message ${number}`,
    curl: 'Copy as curl',
    copied: 'Copied',
    noReply: 'no reply',
  },
  de: {
    title: 'Nachrichten',
    empty: 'Hier erscheinen die Nachrichten der Kunden.',
    clear: 'Leeren',
    number: 'Nr.',
    time: 'Zeit',
    customer: 'Kunde',
    direction: 'Richtung',
    sent: 'gesendet',
    received: 'empfangen',
    wire: 'Weg',
    what: 'Methode, Kanal',
    where: 'URL, Transport',
    status: 'Status',
    ms: 'ms',
    headers: 'Header',
    body: 'Inhalt',
    show: (number: number) => `Nachricht ${number} zeigen`,
    message: (number: number) => `Nachricht ${number}`,
    curl: 'Als curl kopieren',
    copied: 'Kopiert',
    noReply: 'keine Antwort',
  },
});

/** Each message that the customers sent and got, newest first. */
export function LogView({ log }: { readonly log: LogEntries }): JSX.Element {
  const shown = useSignal<LogEntry | undefined>(undefined);
  return (
    <section class="customer-log">
      <h2>{t().title}</h2>
      <DataTable
        label={t().title}
        fileName="customer-messages"
        columns={columnsOf((entry) => {
          shown.value = entry;
        })}
        rows={log.entries.value.toReversed()}
        keyOf={({ number }) => String(number)}
        empty={t().empty}
        tools={
          <button type="button" onClick={() => log.clear()}>
            {t().clear}
          </button>
        }
      />
      {shown.value !== undefined && (
        <EntryDialog
          entry={shown.value}
          onClose={() => {
            shown.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function columnsOf(show: (entry: LogEntry) => void): readonly Column<LogEntry>[] {
  const texts = t();
  return [
    {
      key: 'number',
      title: texts.number,
      width: '4.5rem',
      text: ({ number }) => String(number),
      sort: ({ number }) => number,
      cell: (entry) => (
        <button type="button" class="plain" aria-label={texts.show(entry.number)} onClick={() => show(entry)}>
          {entry.number}
        </button>
      ),
    },
    {
      key: 'time',
      title: texts.time,
      width: '8rem',
      text: ({ at }) => clockOf(at),
      sort: ({ number }) => number,
    },
    { key: 'customer', title: texts.customer, width: '7.5rem', text: ({ customer }) => customer },
    {
      key: 'direction',
      title: texts.direction,
      width: '6.5rem',
      text: ({ direction }) => (direction === 'sent' ? texts.sent : texts.received),
    },
    { key: 'wire', title: texts.wire, width: '5.5rem', isHidden: true, text: ({ wire }) => wire },
    { key: 'what', title: texts.what, width: '10rem', text: ({ what }) => what },
    { key: 'where', title: texts.where, text: ({ where }) => where.replace(baseUrl(), '') },
    { key: 'status', title: texts.status, width: '5.5rem', text: statusOf },
    {
      key: 'ms',
      title: texts.ms,
      width: '4rem',
      isNumber: true,
      text: ({ ms }) => String(ms ?? ''),
      sort: ({ ms }) => ms ?? -1,
    },
    { key: 'headers', title: texts.headers, isHidden: true, text: ({ headers }) => headersOf(headers) },
    { key: 'body', title: texts.body, text: ({ body }) => body ?? '' },
  ];
}

function EntryDialog({
  entry,
  onClose,
}: {
  readonly entry: LogEntry;
  readonly onClose: () => void;
}): JSX.Element {
  const isCopied = useSignal(false);
  const { number, direction, what, where, headers, body = '' } = entry;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(curlOf(entry, baseUrl()));
    isCopied.value = true;
  };
  return (
    <Dialog title={t().message(number)} onClose={onClose} wide>
      <div class="customer-entry">
        <p>
          {what} {where} {statusOf(entry)}
        </p>
        {headers !== undefined && <pre>{headersOf(headers)}</pre>}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by the keyboard. */}
      <section class="customer-entry customer-body" tabIndex={0} aria-label={t().body}>
        <pre>{readable(body)}</pre>
      </section>
      {direction === 'sent' && (
        <div class="buttons">
          <button type="button" onClick={() => void copy()}>
            {isCopied.value ? t().copied : t().curl}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function statusOf({ status }: LogEntry): string {
  if (status === undefined) return '';
  return status === 0 ? t().noReply : String(status);
}

function headersOf(headers: Readonly<Record<string, string>> = {}): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** JSON with line breaks, a form with a line for each field; other texts as they are. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

function clockOf(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
