import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { Empty, Failed, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { texts } from '../../texts/language.ts';
import { Chart, type ChartLayout } from './chart.tsx';
import './session.css';

type FoundSession = ReplyOf<'GET /genesys/1/admin/sessions/search'>['sessions'][number];

const t = texts({
  en: {
    title: (id: string) => `Session ${id}`,
    all: 'All sessions',
    none: 'There is no such session, or its record has expired.',
    status: 'Status',
    document: 'Document',
    started: 'Started',
    ended: 'Ended',
    reason: 'Reason',
    service: 'Service',
    customer: 'Customer',
    chart: 'State chart',
    timers: 'Timers',
    noTimers: 'No timer is pending.',
    data: 'Data',
    notWatched: 'Timers and data are for the roles debugger and administrator, with debug.enabled.',
  },
  de: {
    title: (id: string) => `Session ${id}`,
    all: 'Alle Sessions',
    none: 'Diese Session gibt es nicht, oder ihr Eintrag ist abgelaufen.',
    status: 'Status',
    document: 'Dokument',
    started: 'Begonnen',
    ended: 'Beendet',
    reason: 'Grund',
    service: 'Service',
    customer: 'Kunde',
    chart: 'Zustandsdiagramm',
    timers: 'Timer',
    noTimers: 'Kein Timer steht aus.',
    data: 'Daten',
    notWatched: 'Timer und Daten sehen die Rollen debugger und administrator, mit debug.enabled.',
  },
});

const EVERY_MS = 2_000;

/** `sessions/:sid`: one session, with the chart of its document and its active states. */
export default function Session({ parameters: { sid = '' } }: PageProps): JSX.Element {
  const session = useResource(
    sid,
    async (signal) => {
      const query = { find: sid };
      const { sessions } = await call('GET /genesys/1/admin/sessions/search', { query, signal });
      return sessions.find(({ _id }) => _id === sid) ?? 'none';
    },
    { everyMs: EVERY_MS },
  );
  return (
    <div class="session">
      <header class="session-head">
        <h1>{t().title(sid)}</h1>
        <a href={hrefOf('sessions')}>{t().all}</a>
      </header>
      <Shown resource={session} rows={8}>
        {(found) => (found === 'none' ? <Empty>{t().none}</Empty> : <Present session={found} />)}
      </Shown>
    </div>
  );
}

function Present({ session }: { readonly session: FoundSession }): JSX.Element {
  const { documentHash, configuration, status, src, startedAt, endedAt, reason, service, customer } = session;
  const layout = useResource(documentHash, async (signal) => {
    const input = { path: { hash: documentHash }, query: { format: 'json' }, signal };
    return (await call('GET /genesys/1/admin/documents/:hash/drawing', input)) as ChartLayout;
  });
  return (
    <>
      <dl class="session-facts card">
        <Fact name={t().status}>{status}</Fact>
        <Fact name={t().document}>{src}</Fact>
        <Fact name={t().started}>
          <Time at={startedAt} />
        </Fact>
        {endedAt !== undefined && (
          <Fact name={t().ended}>
            <Time at={endedAt} />
          </Fact>
        )}
        {reason !== undefined && <Fact name={t().reason}>{reason}</Fact>}
        {service !== undefined && (
          <Fact name={t().service}>
            {service.name} {service.id} <span class="badge">{service.state}</span>
          </Fact>
        )}
        {customer !== undefined && <Fact name={t().customer}>{customer.join(', ')}</Fact>}
      </dl>
      <section>
        <h2>{t().chart}</h2>
        <Shown resource={layout} rows={16}>
          {(chart) => <Chart layout={chart} active={configuration} />}
        </Shown>
      </section>
      {status === 'running' &&
        (mayCall('GET /genesys/1/admin/debug/sessions/:sid') ? (
          <Inside sid={session._id} />
        ) : (
          <p class="muted">{t().notWatched}</p>
        ))}
    </>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: JSX.Element | string | (JSX.Element | string)[];
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The timers and data of a running session. */
function Inside({ sid }: { readonly sid: string }): JSX.Element {
  const inside = useResource(
    sid,
    (signal) => call('GET /genesys/1/admin/debug/sessions/:sid', { path: { sid }, signal }),
    { everyMs: EVERY_MS },
  );
  const { data, error } = inside;
  if (data === undefined) {
    return error === undefined ? <p class="muted">…</p> : <Failed error={error} retry={inside.reload} />;
  }
  return (
    <>
      <section>
        <h2>{t().timers}</h2>
        {data.timers.length === 0 && <p class="muted">{t().noTimers}</p>}
        <ul class="session-timers">
          {data.timers.map(({ key, event, dueAt }) => (
            <li key={key}>
              <code>{event}</code> <Time at={dueAt} />
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t().data}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
        <pre class="session-data card" tabIndex={0}>
          {JSON.stringify(data.data, undefined, 2)}
        </pre>
      </section>
    </>
  );
}
