import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useEvents } from '../../api/events.ts';
import { mayCall } from '../../api/login.ts';
import { useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import { Breakpoints, breakpointText } from './breakpoints.tsx';
import { debuggerTexts as t } from './debuggerTexts.ts';
import type { Debugging, Held, Phase, Stop } from './debugging.ts';
import { Evaluate } from './evaluate.tsx';
import './debugger.css';

/** The debugger of a session: takes hold of it, or shows where it is and what it may do next. */
export function DebuggerBar({
  sid,
  src,
  debugging,
  waiting,
  onChange,
}: {
  readonly sid: string;
  readonly src: string;
  readonly debugging: Debugging;
  /** Names of the inputs that wait, the first ones, and the number of all. */
  readonly waiting: { readonly names: readonly string[]; readonly count: number };
  /** The state of the session is to be read again. */
  readonly onChange: () => void;
}): JSX.Element | null {
  const action = useAction();
  const notice = useSignal('');
  const { held, otherUser } = debugging;
  if (!mayCall('POST /genesys/1/admin/debug')) return null;
  const attach = (target: Parameters<Debugging['attach']>[0]): void => {
    notice.value = '';
    void action.run(async () => {
      await debugging.attach(target);
      onChange();
    });
  };
  return (
    <section class="debugger card">
      <h2>{t().title}</h2>
      {notice.value !== '' && <p role="status">{notice.value}</p>}
      {action.error !== undefined && <Failed error={action.error} />}
      {held === undefined ? (
        <>
          <p class="muted">{otherUser === '' ? t().takeText : t().otherUser(otherUser)}</p>
          <div class="debugger-buttons">
            <button type="button" disabled={action.isBusy} onClick={() => attach({ session: sid })}>
              {t().take}
            </button>
            <button type="button" disabled={action.isBusy} onClick={() => attach({ nextOf: src })}>
              {t().next}
            </button>
          </div>
        </>
      ) : (
        <HeldSession
          key={held.id}
          sid={sid}
          held={held}
          debugging={debugging}
          waiting={waiting}
          onChange={onChange}
          onGone={(why) => {
            notice.value = why;
            debugging.forget();
            onChange();
          }}
        />
      )}
    </section>
  );
}

function HeldSession({
  sid,
  held: { id, maxPauseSeconds, placed },
  debugging,
  waiting,
  onChange,
  onGone,
}: {
  readonly sid: string;
  readonly held: Held;
  readonly debugging: Debugging;
  readonly waiting: { readonly names: readonly string[]; readonly count: number };
  readonly onChange: () => void;
  readonly onGone: (why: string) => void;
}): JSX.Element {
  const phase = useSignal<Phase>('running');
  const stop = useSignal<Stop | undefined>(undefined);
  const action = useAction();
  const isGone = useRef(false);
  const leave = (why: string): void => {
    // Events that came together with the last one say less.
    if (isGone.current) return;
    isGone.current = true;
    onGone(why);
  };
  const read = async (): Promise<void> => {
    const { state, session } = await call('GET /genesys/1/admin/debug/:id', { path: { id } });
    phase.value = state;
    // The session that it has waited for.
    if (session !== undefined && session !== sid) goTo(hrefOf(`sessions/${encodeURIComponent(session)}`));
  };
  const stream = useEvents('GET /genesys/1/admin/debug/:id/events', { path: { id } }, ({ type, data }) => {
    switch (type) {
      case 'state':
        phase.value = (data as { readonly state: Phase }).state;
        break;
      case 'stopped':
        if (phase.value === 'waiting') void read().catch(() => {});
        phase.value = 'stopped';
        stop.value = data as Stop;
        break;
      case 'continued':
        phase.value = 'running';
        stop.value = undefined;
        break;
      case 'ended':
        if (phase.value === 'waiting') void read().catch(() => {});
        phase.value = 'ended';
        stop.value = undefined;
        break;
      case 'letGo':
        leave(t().letGo((data as { readonly maxPauseSeconds: number }).maxPauseSeconds));
        return;
      case 'removed':
        leave(phase.value === 'ended' ? t().ended : t().gone);
        return;
    }
    onChange();
  });
  const isRefused = typeof stream === 'object';
  useEffect(() => {
    if (isRefused) leave(t().gone);
  }, [isRefused]);
  const command = (name: 'pause' | 'continue' | 'step'): void => {
    void action.run(() => call(`POST /genesys/1/admin/debug/:id/${name}`, { path: { id } }));
  };
  const release = (): void => {
    void action.run(async () => {
      await call('DELETE /genesys/1/admin/debug/:id', { path: { id } });
      leave('');
    });
  };
  const isStopped = phase.value === 'stopped';
  return (
    <>
      <p class="muted">{t().meanwhile(maxPauseSeconds)}</p>
      {stream === 'connecting' && <p class="muted">{t().connecting}</p>}
      <div class="debugger-buttons">
        <span class={isStopped ? 'badge warn' : 'badge good'} role="status">
          {isStopped ? t().stopped : phase.value === 'ended' ? t().ended : t()[phase.value]}
        </span>
        {isStopped && (
          <>
            <button type="button" class="primary" disabled={action.isBusy} onClick={() => command('step')}>
              {t().step}
            </button>
            <button type="button" disabled={action.isBusy} onClick={() => command('continue')}>
              {t().goOn}
            </button>
          </>
        )}
        {phase.value === 'running' && (
          <button type="button" disabled={action.isBusy} onClick={() => command('pause')}>
            {t().pause}
          </button>
        )}
        <button type="button" disabled={action.isBusy} onClick={release}>
          {t().release}
        </button>
        {waiting.count > 0 && (
          <span class="debugger-inputs">
            {t().inputs(waiting.count)}: <code>{waiting.names.join(', ')}</code>
          </span>
        )}
      </div>
      {action.error !== undefined && <Failed error={action.error} />}
      {stop.value !== undefined && <StopText stop={stop.value} />}
      <Breakpoints placed={placed} onChange={debugging.setBreakpoints} />
      {(isStopped || phase.value === 'running') && <Evaluate id={id} />}
    </>
  );
}

function StopText({ stop: { reason, breakpoint, input, lines = [] } }: { readonly stop: Stop }): JSX.Element {
  if (breakpoint === undefined) return <p>{t().stoppedAt(reason)}</p>;
  return (
    <div>
      <p>
        {t().before(input === undefined || input === '' ? t().ownInput : input, breakpointText(breakpoint))}
      </p>
      <details>
        <summary>{t().preview}</summary>
        <ol class="step-lines">
          {lines.map(({ text }, at) => (
            <li key={at}>{text}</li>
          ))}
        </ol>
      </details>
    </div>
  );
}
