import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { texts } from '../../texts/language.ts';
import { DebuggerBar } from './debuggerBar.tsx';
import { useDebugging } from './debugging.ts';
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
    notWatched: (why: string) => `Steps are not shown live: ${why}`,
  },
  de: {
    isCut: 'Einige Schritte fehlen in dieser Liste.',
    ended: (status: string, reason: string) => `Die Session ist beendet: ${status} ${reason}`,
    connecting: 'Die Verbindung zur Session wird wieder hergestellt …',
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
      <SessionStage
        session={session}
        scene={{ active, numbered: chosen.value ?? last, data: state.data?.data }}
        breakpoints={debugging.marks}
      >
        <TimeLine
          steps={steps}
          chosen={chosen.value ?? last}
          sid={sid}
          isLive
          onChoose={(step) => {
            chosen.value = step === chosen.value ? undefined : step;
          }}
        />
        {isCut && <p class="muted">{t().isCut}</p>}
      </SessionStage>
      {isKnown && <Timers sid={sid} timers={state.data?.timers ?? []} onFired={state.reload} />}
    </>
  );
}
