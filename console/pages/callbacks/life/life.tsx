import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ApiError } from '../../../api/apiError.ts';
import { call } from '../../../api/call.ts';
import { mayCall } from '../../../api/login.ts';
import { useResource } from '../../../api/resource.ts';
import { Fact, Facts } from '../../../parts/facts.tsx';
import { Empty, Shown } from '../../../parts/states.tsx';
import { Time } from '../../../parts/time.tsx';
import { hrefOf } from '../../../shell/address.ts';
import type { PageProps } from '../../../shell/pageProps.ts';
import { bookingTexts } from '../bookingTexts.ts';
import { BADGES, callbackTexts } from '../callbackTexts.ts';
import { cancelCallbacks } from '../cancelCallbacks.ts';
import { mayReschedule } from '../mayBook.ts';
import { RescheduleDialog } from '../rescheduleDialog.tsx';
import { lifeTexts } from './lifeTexts.ts';
import { type Life, movesOf } from './moves.ts';
import '../callbacks.css';
import './life.css';

const EVERY_MS = 2_000;

/** `callbacks/:id`: one callback from its request to its agent, with all its ids. */
export default function CallbackLife({ parameters: { id = '' } }: PageProps): JSX.Element {
  const t = lifeTexts();
  const isMoving = useSignal(false);
  const life = useResource(id, (signal) => readLife(id, signal), { everyMs: EVERY_MS });
  const found = life.data === undefined || life.data === 'none' ? undefined : life.data;
  const cancel = async (): Promise<void> => {
    if (await cancelCallbacks([id])) life.reload();
  };
  return (
    <>
      <div class="page-head">
        <h1>{t.title(found?.customer._customer_number ?? id)}</h1>
        <div class="buttons">
          <a class="button" href={hrefOf('callbacks')}>
            {t.list}
          </a>
          {found?.state === 'SCHEDULED' && mayReschedule() && (
            <button
              type="button"
              onClick={() => {
                isMoving.value = true;
              }}
            >
              {bookingTexts().reschedule}
            </button>
          )}
          {found !== undefined &&
            found.state !== 'COMPLETED' &&
            mayCall('POST /genesys/1/admin/callback/cancel') && (
              <button type="button" class="danger" onClick={() => void cancel()}>
                {callbackTexts().cancel(0)}
              </button>
            )}
        </div>
      </div>
      <Shown resource={life} rows={16}>
        {(data) => (data === 'none' ? <Empty>{t.none}</Empty> : <Present life={data} />)}
      </Shown>
      {isMoving.value && found !== undefined && (
        <RescheduleDialog
          callback={{
            _id: id,
            _service_name: found.service,
            _desired_time: found.desiredTime,
            ...(found.customer._customer_number === undefined
              ? {}
              : { _customer_number: found.customer._customer_number }),
          }}
          onClose={(isMoved) => {
            isMoving.value = false;
            if (isMoved) life.reload();
          }}
        />
      )}
    </>
  );
}

async function readLife(id: string, signal: AbortSignal): Promise<Life | 'none'> {
  try {
    return await call('GET /genesys/1/admin/callback/:id/life', { path: { id }, signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'CALLBACK_NOT_FOUND') return 'none';
    throw error;
  }
}

function Present({ life }: { readonly life: Life }): JSX.Element {
  const t = lifeTexts();
  const { state, reason, service, customer, gmsUser, session } = life;
  return (
    <>
      <Facts>
        <Fact name={t.state}>
          <span class={`badge ${BADGES[state]}`}>{state}</span> {reason}
        </Fact>
        <Fact name={t.service}>{service}</Fact>
        <Fact name={t.desired}>
          <Time at={life.desiredTime} />
        </Fact>
        <Fact name={t.expires}>
          <Time at={life.expiresAt} />
        </Fact>
        {Object.entries(customer).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
        {gmsUser !== undefined && <Fact name={t.user}>{gmsUser}</Fact>}
        <Fact name={t.announced}>{life.agentAnnounced ? t.yes : t.no}</Fact>
        {life.submitAttempts > 0 && <Fact name={t.attempts}>{life.submitAttempts}</Fact>}
        {session !== undefined && session.states.length > 0 && (
          <Fact name={t.states}>{session.states.join(' ')}</Fact>
        )}
      </Facts>
      <div class="life-parts">
        <section>
          <h2>{t.moves}</h2>
          <ol class="life-moves card">
            {movesOf(life, Date.now()).map(({ at, text }, index) => (
              <li key={`${index} ${text}`}>
                <Time at={at} />
                <span>{text}</span>
              </li>
            ))}
          </ol>
        </section>
        <section>
          <h2>{t.ids}</h2>
          <Ids life={life} />
        </section>
      </div>
    </>
  );
}

/** All ids beside each other, each a link where a page exists. */
function Ids({ life }: { readonly life: Life }): JSX.Element {
  const t = lifeTexts();
  const { session, startedBy, calls, interactions } = life;
  return (
    <Facts isColumn>
      <Fact name={t.callback}>
        <code>{life._id}</code>
      </Fact>
      <Fact name={t.data}>
        <code>{life.dataId}</code>
      </Fact>
      {startedBy !== undefined && (
        <Fact name={t.starter}>
          <SessionLink id={startedBy} />
        </Fact>
      )}
      {session !== undefined && (
        <Fact name={t.session}>
          <SessionLink id={session._id} /> <span class="badge">{session.status}</span>
        </Fact>
      )}
      {calls.map((one) => (
        <Fact key={one._id} name={t.call}>
          <code>{one._id}</code> <span class="badge">{one.state}</span>
          <div>
            {one.queue}: {one.position === 0 ? t.notWaiting : t.position(one.position, one.waiting)}
            {one.position > 0 &&
              one.estimatedWaitSeconds !== undefined &&
              `, ${t.wait(Math.round(one.estimatedWaitSeconds))}`}
          </div>
        </Fact>
      ))}
      {interactions.map(({ _id: id, state, media, sessionId }) => (
        <Fact key={id} name={t.interaction}>
          <code>{id}</code> <span class="badge">{state}</span> {media}
          {sessionId !== undefined && sessionId !== session?._id && (
            <div>
              {t.controller}: <SessionLink id={sessionId} />
            </div>
          )}
        </Fact>
      ))}
      {agentsOf(life).map((agentId) => (
        <Fact key={agentId} name={t.agent}>
          <a href={hrefOf(`desktop/${encodeURIComponent(agentId)}`)}>{agentId}</a>
        </Fact>
      ))}
    </Facts>
  );
}

function SessionLink({ id }: { readonly id: string }): JSX.Element {
  return (
    <a href={hrefOf(`sessions/${encodeURIComponent(id)}`)}>
      <code>{id}</code>
    </a>
  );
}

function agentsOf({ calls, interactions }: Life): readonly string[] {
  const agents = [...calls, ...interactions].flatMap(({ agentId }) => agentId ?? []);
  return [...new Set(agents)];
}
