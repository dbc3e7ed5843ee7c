import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Fact, Facts } from '../../parts/facts.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { hrefOf, inAddress } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { texts } from '../../texts/language.ts';
import { changeSessions } from '../sessions/changeSessions.ts';
import type { FoundSession } from './foundSession.ts';
import { Live } from './live.tsx';
import { Replay } from './replay.tsx';
import { SendEvent } from './sendEvent.tsx';
import { StoredSteps } from './storedSteps.tsx';
import './session.css';

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
    end: 'End session',
    retry: 'Retry',
    live: 'Live',
    replay: 'Replay',
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
    end: 'Session beenden',
    retry: 'Noch einmal versuchen',
    live: 'Laufend',
    replay: 'Wiedergabe',
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
      <header class="page-head">
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
  const { status, src, startedAt, endedAt, reason, service, customer } = session;
  // A session that ends while it is watched stays as it is shown.
  const isLive = useRef(status === 'running').current;
  const view = useMemo(() => inAddress('view'), []);
  const isReplay = !isLive || view.value === 'replay';
  const mayWatch = mayCall('GET /genesys/1/admin/debug/sessions/:sid/events');
  return (
    <>
      <Facts>
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
      </Facts>
      <Changes session={session} />
      {isLive && mayWatch && (
        <div class="session-actions">
          {(['live', 'replay'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={(one === 'replay') === isReplay}
              onClick={() => view.set(one === 'live' ? '' : one)}
            >
              {t()[one]}
            </button>
          ))}
        </div>
      )}
      <Moments session={session} mode={mayWatch ? (isReplay ? 'replay' : 'live') : 'stored'} />
    </>
  );
}

function Moments({
  session,
  mode,
}: {
  readonly session: FoundSession;
  readonly mode: 'live' | 'replay' | 'stored';
}): JSX.Element {
  if (mode === 'live') return <Live session={session} />;
  return mode === 'replay' ? <Replay session={session} /> : <StoredSteps session={session} />;
}

/** Ends the session, or retries one that is set aside, with a reason for the audit log. */
function Changes({ session: { _id: sid, status } }: { readonly session: FoundSession }): JSX.Element | null {
  const isLive = status === 'running' || status === 'scheduled' || status === 'setAside';
  if (!isLive) return null;
  return (
    <div class="session-actions">
      {status === 'running' && <SendEvent sid={sid} />}
      {mayCall('POST /genesys/1/admin/sessions/terminate') && (
        <button type="button" class="danger" onClick={() => void changeSessions('terminate', [sid])}>
          {t().end}
        </button>
      )}
      {status === 'setAside' && mayCall('POST /genesys/1/admin/sessions/retry') && (
        <button type="button" onClick={() => void changeSessions('retry', [sid])}>
          {t().retry}
        </button>
      )}
    </div>
  );
}
