import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Loading } from '../../parts/states.tsx';
import { hrefOf } from '../../shell/address.ts';
import { texts } from '../../texts/language.ts';
import { useForking } from './fork.ts';
import { ForkPanel } from './forkPanel.tsx';
import type { FoundSession } from './foundSession.ts';
import { readReplay } from './replayFile.ts';
import { SessionStage } from './stage.tsx';
import { StepSlider } from './stepSlider.tsx';
import { StoredSteps } from './storedSteps.tsx';
import { TimeLine } from './timeLine.tsx';
import { Timers } from './timers.tsx';

const t = texts({
  en: {
    fork: 'Try another way from here',
    none: (why: string) => `The steps cannot be computed again: ${why}`,
    isCut: 'The list of steps is not whole.',
    differs: 'From the last step on, the trace says something else: another version of the product made it.',
    invoked: 'Invoked sessions:',
  },
  de: {
    fork: 'Ab hier einen anderen Weg versuchen',
    none: (why: string) => `Die Schritte können nicht noch einmal berechnet werden: ${why}`,
    isCut: 'Die Liste der Schritte ist nicht vollständig.',
    differs:
      'Vom letzten Schritt an sagt die Spur etwas anderes: Eine andere Version des Produkts hat sie gemacht.',
    invoked: 'Aufgerufene Sessions:',
  },
});

/** Steps that are passed within this time are not read. */
const READ_AFTER_MS = 150;

/** The steps of the trace of a session, computed again: the reader goes through them, also backwards. */
export function Replay({ session }: { readonly session: FoundSession }): JSX.Element {
  const { _id: sid } = session;
  const replay = useResource(sid, async (signal) =>
    readReplay(await call('GET /genesys/1/admin/debug/sessions/:sid/steps', { path: { sid }, signal }), sid),
  );
  const position = useSignal<number | undefined>(undefined);
  const forking = useForking(sid);
  const steps = replay.data?.steps ?? [];
  const [from, to] = [steps[0]?.number ?? 1, steps.at(-1)?.number ?? 1];
  const at = Math.min(Math.max(position.value ?? from, from), to);
  const numbered = steps[at - from];
  const state = useResource(`${sid} ${steps.length === 0 ? '' : at}`, async (signal) => {
    if (steps.length === 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, READ_AFTER_MS));
    signal.throwIfAborted();
    const path = { sid, step: String(at) };
    return call('GET /genesys/1/admin/debug/sessions/:sid/steps/:step', { path, signal });
  });
  const { copy } = forking;
  const scene = useMemo(() => {
    if (copy !== undefined) {
      const { configuration, data } = copy.state;
      return { active: configuration, numbered: copy.steps.at(-1), data };
    }
    const present = state.data?.step === at ? state.data : undefined;
    return {
      active: present?.configuration ?? numbered?.step.configuration ?? [],
      numbered,
      data: state.data?.data,
    };
  }, [copy, state.data, numbered, at]);
  if (replay.data === undefined) {
    if (replay.error === undefined) return <Loading rows={16} />;
    return (
      <>
        <p class="muted">{t().none(replay.error.message)}</p>
        <StoredSteps session={session} />
      </>
    );
  }
  const go = (step: number): void => {
    position.value = step;
  };
  const { isWhole, differs, invoked } = replay.data;
  return (
    <>
      <StepSlider
        steps={steps}
        at={at}
        isDisabled={copy !== undefined}
        buttons={
          <button type="button" disabled={copy !== undefined} onClick={() => forking.take([], at)}>
            {t().fork}
          </button>
        }
        onGo={go}
      >
        {!isWhole && <p class="muted">{t().isCut}</p>}
        {differs && <p class="muted">{t().differs}</p>}
        {invoked.length > 0 && (
          <p>
            {t().invoked}{' '}
            {invoked.map((id) => (
              <a key={id} href={hrefOf(`sessions/${encodeURIComponent(id)}`)}>
                {id}{' '}
              </a>
            ))}
          </p>
        )}
      </StepSlider>
      {copy !== undefined && <ForkPanel copy={copy} forking={forking} />}
      <SessionStage session={session} scene={scene}>
        <TimeLine
          steps={copy?.steps ?? steps}
          chosen={scene.numbered}
          sid={sid}
          onChoose={({ number }) => {
            if (copy === undefined) go(number);
          }}
        />
      </SessionStage>
      <Timers sid={sid} timers={(copy?.state ?? state.data)?.timers ?? []} />
    </>
  );
}
