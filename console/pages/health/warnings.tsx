import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import { healthTexts } from './healthTexts.ts';

const EVERY_MS = 5_000;

/** The last lines of the log of the levels warn and error, the latest first. */
export function Warnings(): JSX.Element {
  const t = healthTexts();
  const found = useResource('warnings', (signal) => call('GET /genesys/1/admin/warnings', { signal }), {
    everyMs: EVERY_MS,
  });
  return (
    <section aria-label={t.warnings}>
      <h2>{t.warnings}</h2>
      <Shown resource={found} rows={4}>
        {({ warnings }) =>
          warnings.length === 0 ? (
            <Empty>{t.noWarnings}</Empty>
          ) : (
            <ul class="health-warnings">
              {warnings.map(({ at, level, message, reason, session }, index) => (
                <li key={`${at} ${index}`}>
                  <span class={`badge ${level === 'error' ? 'bad' : 'warn'}`}>{level}</span> <Time at={at} />
                  <p>
                    {message}
                    {reason !== undefined && <span class="muted"> {reason}</span>}
                  </p>
                  {session !== undefined && (
                    <a href={hrefOf(`sessions/${encodeURIComponent(session)}`)}>
                      {t.session} {session}
                    </a>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}
