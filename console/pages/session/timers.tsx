import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { texts } from '../../texts/language.ts';

const t = texts({
  en: {
    title: 'Timers',
    none: 'No timer is pending.',
    fire: 'Fire now',
    fireOf: (name: string) => `Fire now: ${name}`,
  },
  de: {
    title: 'Timer',
    none: 'Kein Timer steht aus.',
    fire: 'Jetzt feuern',
    fireOf: (name: string) => `Jetzt feuern: ${name}`,
  },
});

export type Timer = ReplyOf<'GET /genesys/1/admin/debug/sessions/:sid/timers'>[number];

/** The pending timers of a session. `onFired`: absent where they cannot be fired. */
export function Timers({
  sid,
  timers,
  onFired,
}: {
  readonly sid: string;
  readonly timers: readonly Timer[];
  readonly onFired?: () => void;
}): JSX.Element {
  const action = useAction();
  const fire = (key: string): void => {
    void action.run(async () => {
      await call('POST /genesys/1/admin/debug/sessions/:sid/timers/:key/fire', { path: { sid, key } });
      onFired?.();
    });
  };
  const mayFire =
    onFired !== undefined && mayCall('POST /genesys/1/admin/debug/sessions/:sid/timers/:key/fire');
  return (
    <section>
      <h2>{t().title}</h2>
      {timers.length === 0 && <p class="muted">{t().none}</p>}
      <ul class="session-timers">
        {timers.map(({ key, event, dueAt }) => (
          <li key={key}>
            <code>{event}</code> <Time at={dueAt} />
            {mayFire && (
              <button
                type="button"
                aria-label={t().fireOf(event)}
                disabled={action.isBusy}
                onClick={() => fire(key)}
              >
                {t().fire}
              </button>
            )}
          </li>
        ))}
      </ul>
      {action.error !== undefined && <Failed error={action.error} />}
    </section>
  );
}
