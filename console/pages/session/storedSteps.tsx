import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Loading } from '../../parts/states.tsx';
import { texts } from '../../texts/language.ts';
import type { FoundSession } from './foundSession.ts';
import { SessionStage } from './stage.tsx';
import type { NumberedStep } from './steps.ts';
import { type StoredStep, storedStep } from './storedStep.ts';
import { TimeLine } from './timeLine.tsx';

const t = texts({
  en: {
    stored: 'These are the inputs of its stored trace, without effects and changes of data.',
    none: (why: string) => `There are no stored steps either: ${why}`,
    notAllowed: 'Steps are for the roles debugger and administrator.',
    again: 'Read again',
  },
  de: {
    stored: 'Das sind die Eingaben ihrer gespeicherten Spur, ohne Wirkungen und Änderungen von Daten.',
    none: (why: string) => `Auch gespeicherte Schritte gibt es nicht: ${why}`,
    notAllowed: 'Schritte sehen die Rollen debugger und administrator.',
    again: 'Noch einmal lesen',
  },
});

/** The inputs in the stored trace of a session, for those who cannot debug it. */
export function StoredSteps({ session }: { readonly session: FoundSession }): JSX.Element {
  const { _id: sid, configuration } = session;
  const isAllowed = mayCall('GET /genesys/1/admin/sessions/:sid/trace');
  const chosen = useSignal<NumberedStep | undefined>(undefined);
  const trace = useResource(sid, async (signal) => {
    if (!isAllowed) return [];
    return storedSteps(
      await call('GET /genesys/1/admin/sessions/:sid/trace', { path: { sid }, signal }),
      sid,
    );
  });
  const steps = trace.data ?? [];
  const active = chosen.value?.step.configuration ?? configuration;
  return (
    <SessionStage session={session} scene={{ active, numbered: chosen.value }}>
      {!isAllowed && <p class="muted">{t().notAllowed}</p>}
      {trace.error !== undefined && <p class="muted">{t().none(trace.error.message)}</p>}
      {trace.isLoading && trace.data === undefined && <Loading />}
      {isAllowed && trace.data !== undefined && (
        <>
          <p class="muted">
            {t().stored}{' '}
            <button type="button" onClick={trace.reload}>
              {t().again}
            </button>
          </p>
          <TimeLine
            steps={steps}
            chosen={chosen.value}
            sid={sid}
            onChoose={(step) => {
              chosen.value = step === chosen.value ? undefined : step;
            }}
          />
        </>
      )}
    </SessionStage>
  );
}

/** The steps of one session in the lines of a trace file. */
function storedSteps(file: string, sid: string): readonly NumberedStep[] {
  return file
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Partial<StoredStep>)
    .filter((line): line is StoredStep => line.step !== undefined && line.session === sid)
    .map(storedStep);
}
