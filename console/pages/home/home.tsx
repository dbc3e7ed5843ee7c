import type { ComponentChildren, JSX } from 'preact';
import { call } from '../../api/call.ts';
import { login, mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import { hrefOf, serverUrl } from '../../shell/address.ts';
import { DemoPanel } from './demoPanel.tsx';
import { homeTexts } from './homeTexts.ts';
import './home.css';

const EVERY_MS = 5_000;
/** Pages of the documentation that answer the first questions. */
const GUIDES = [
  ['guides/chat-by-hand', 'guideChat'],
  ['guides/upload-a-template', 'guideTemplate'],
  ['guides/write-a-callback-client', 'guideClient'],
  ['guides/run-in-production', 'guideProduction'],
  ['README', 'guideAll'],
] as const;

/** The first page: what runs here, whether it is healthy, and what to try first. */
export default function Home(): JSX.Element {
  const t = homeTexts();
  return (
    <>
      <h1>{t.title}</h1>
      <div class="home-tiles">
        <Tile title={t.server}>
          <ServerState />
        </Tile>
        {mayCall('GET /genesys/1/admin/sessions/search') && (
          <Tile title={t.sessions}>
            <SessionState />
          </Tile>
        )}
        {mayCall('GET /genesys/1/admin/queues') && (
          <Tile title={t.agents}>
            <AgentState />
          </Tile>
        )}
        {mayCall('GET /genesys/1/admin/services') && (
          <Tile title={t.services}>
            <ServiceState />
          </Tile>
        )}
      </div>
      {login.value?.role === 'administrator' && <DemoPanel />}
      <section class="card">
        <h2>{t.readOn}</h2>
        <ul class="home-list">
          <li>
            <a href={serverUrl('/api').href} target="_blank" rel="noreferrer">
              {t.api}
            </a>
          </li>
          {GUIDES.map(([path, text]) => (
            <li key={path}>
              <a href={serverUrl(`/console/docs/${path}.html`).href} target="_blank" rel="noreferrer">
                {t[text]}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Tile({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card home-tile" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function ServerState(): JSX.Element {
  const t = homeTexts();
  const status = useResource(
    'status',
    async (signal) => String(await call('GET /genesys/1/admin/node/status', { signal })),
    { everyMs: EVERY_MS },
  );
  return (
    <Shown resource={status} rows={2}>
      {(text) => (
        <>
          <p class="home-figure">
            <span class={`badge ${text === 'ONLINE' ? 'good' : 'warn'}`}>{text}</span>
          </p>
          <p class="muted">{t.version(login.value?.version ?? '')}</p>
        </>
      )}
    </Shown>
  );
}

function SessionState(): JSX.Element {
  const t = homeTexts();
  const found = useResource(
    'sessions',
    (signal) => call('GET /genesys/1/admin/sessions/search', { query: { limit: '1' }, signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <Shown resource={found} rows={2}>
      {({ counts: { running, waiting, failed, setAside } }) => (
        <>
          <p class="home-figure">
            <a href={hrefOf('sessions', { status: 'running' })}>{t.running(running)}</a>
          </p>
          <p>
            <a href={hrefOf('sessions', { status: 'waiting' })}>{t.waiting(waiting)}</a>
            {' · '}
            <a href={hrefOf('sessions', { status: 'failed' })} class={failed > 0 ? 'home-bad' : ''}>
              {t.failed(failed)}
            </a>
            {' · '}
            <a href={hrefOf('sessions', { status: 'setAside' })} class={setAside > 0 ? 'home-bad' : ''}>
              {t.setAside(setAside)}
            </a>
          </p>
        </>
      )}
    </Shown>
  );
}

function AgentState(): JSX.Element {
  const t = homeTexts();
  const agents = useResource('agents', (signal) => call('GET /agent/1/agents', { signal }), {
    everyMs: EVERY_MS,
  });
  return (
    <Shown resource={agents} rows={2}>
      {(all) => {
        const ready = all.filter(({ state }) => state === 'ready').length;
        const loggedIn = all.filter(({ state }) => state !== 'loggedOut').length;
        return (
          <>
            <p class="home-figure">
              <a href={hrefOf('supervisor', { state: 'ready' })}>{t.ready(ready)}</a>
            </p>
            <p>
              <a href={hrefOf('supervisor')}>{t.loggedIn(loggedIn)}</a>
            </p>
          </>
        );
      }}
    </Shown>
  );
}

function ServiceState(): JSX.Element {
  const t = homeTexts();
  const services = useResource('services', (signal) => call('GET /genesys/1/admin/services', { signal }));
  return (
    <Shown resource={services} rows={2}>
      {(all) => (
        <>
          <p class="home-figure">
            <a href={hrefOf('services')}>{t.configured(Object.keys(all).length)}</a>
          </p>
          <p class="muted home-names">{Object.keys(all).join(', ')}</p>
        </>
      )}
    </Shown>
  );
}
