import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Failed } from '../../parts/states.tsx';
import { texts } from '../../texts/language.ts';
import { DebuggerBar } from './debuggerBar.tsx';
import { useDebugging } from './debugging.ts';
import { useForking } from './fork.ts';
import { ForkPanel } from './forkPanel.tsx';
import type { FoundSession } from './foundSession.ts';
import { useLiveSteps } from './liveSteps.ts';
import { SessionStage } from './stage.tsx';
import type { NumberedStep } from './steps.ts';
import { StoredSteps } from './storedSteps.tsx';
import { TimeLine } from './timeLine.tsx';
import { Timers } from './timers.tsx';

const t = texts({
  en: {
    isCut: 'Some steps are not in this list.',
    ended: (status: string, reason: string) => `The session has ended: ${status} ${reason}`,
    connecting: 'The connection to the session is made again…',
    fork: 'Try what comes next on a copy',
    notWatched: (why: string) => `Steps are not shown live: ${why}`,
  },
  de: {
    isCut: 'Einige Schritte fehlen in dieser Liste.',
    ended: (status: string, reason: string) => `Die Session ist beendet: ${status} ${reason}`,
    connecting: 'Die Verbindung zur Session wird wieder hergestellt …',
    fork: 'Auf einer Kopie versuchen, was als Nächstes kommt',
    notWatched: (why: string) => `Schritte werden nicht laufend gezeigt: ${why}`,
  },
});

const EVERY_MS = 2_000;

/** A session that runs, for those who may debug: each step as it is taken. */
export function Live({ session }: { readonly session: FoundSession }): JSX.Element {
  const { _id: sid, src, configuration } = session;
  const chosen = useSignal<NumberedStep | undefined>(undefined);
  const reload = useRef(() => {});
  const { steps, isCut, end, stream } = useLiveSteps(sid, () => reload.current());
  const isOver = end !== undefined || typeof stream === 'object';
  const state = useResource(
    sid,
    (signal) => call('GET /genesys/1/admin/debug/sessions/:sid', { path: { sid }, signal }),
    isOver ? {} : { everyMs: EVERY_MS },
  );
  reload.current = state.reload;
  const debugging = useDebugging({ sid, src });
  const forking = useForking(sid);
  const { copy } = forking;
  const isKnown = state.data !== undefined && end === undefined;
  if (typeof stream === 'object' && end === undefined && steps.length === 0) {
    return (
      <>
        <p class="muted">{t().notWatched(stream.failed.message)}</p>
        <StoredSteps session={session} />
      </>
    );
  }
  const last = steps.at(-1);
  const active = end === undefined ? (last?.step.configuration ?? configuration) : configuration;
  const scene =
    copy === undefined
      ? { active, numbered: chosen.value ?? last, data: state.data?.data }
      : { active: copy.state.configuration, numbered: copy.steps.at(-1), data: copy.state.data };
  return (
    <>
      <DebuggerBar
        sid={sid}
        src={src}
        debugging={debugging}
        waiting={{
          names: (state.data?.waiting ?? []).map(({ kind, name }) => name || kind),
          count: state.data?.waitingCount ?? 0,
        }}
        onChange={state.reload}
      />
      {end !== undefined && <p role="status">{t().ended(end.status, end.reason ?? '')}</p>}
      {stream === 'connecting' && steps.length > 0 && end === undefined && (
        <p class="muted" role="status">
          {t().connecting}
        </p>
      )}
      {copy !== undefined && <ForkPanel copy={copy} forking={forking} />}
      {copy === undefined && isKnown && mayCall('POST /genesys/1/admin/debug/sessions/:sid/fork') && (
        <div class="session-actions">
          <button type="button" disabled={forking.action.isBusy} onClick={() => forking.take([])}>
            {t().fork}
          </button>
          {forking.action.error !== undefined && <Failed error={forking.action.error} />}
        </div>
      )}
      <SessionStage session={session} scene={scene} breakpoints={debugging.marks}>
        <TimeLine
          steps={copy?.steps ?? steps}
          chosen={scene.numbered}
          sid={sid}
          isLive={copy === undefined}
          onChoose={(step) => {
            if (copy === undefined) chosen.value = step === chosen.value ? undefined : step;
          }}
        />
        {isCut && <p class="muted">{t().isCut}</p>}
      </SessionStage>
      {isKnown && copy === undefined && (
        <Timers sid={sid} timers={state.data?.timers ?? []} onFired={state.reload} />
      )}
    </>
  );
}
