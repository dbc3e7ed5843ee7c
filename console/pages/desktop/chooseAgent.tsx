import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { TextField } from '../../parts/form.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import { t } from './deskTexts.ts';

/** Whoever is no agent chooses whose desktop they open. */
export function ChooseAgent(): JSX.Element {
  const agents = useResource('agents', (signal) => call('GET /agent/1/agents', { signal }));
  return (
    <>
      <h1>{t().title}</h1>
      <form
        class="desk-choose card"
        onSubmit={(event) => {
          event.preventDefault();
          const agentId = String(new FormData(event.currentTarget).get('agentId')).trim();
          if (agentId !== '') goTo(hrefOf(`desktop/${encodeURIComponent(agentId)}`));
        }}
      >
        <TextField label={t().whose} hint={t().whoseHint} name="agentId" required maxLength={255} />
        <div class="buttons">
          <button type="submit" class="primary">
            {t().open}
          </button>
        </div>
      </form>
      <section>
        <h2>{t().known}</h2>
        <Shown resource={agents}>
          {(found) =>
            found.length === 0 ? (
              <Empty>–</Empty>
            ) : (
              <ul class="desk-known">
                {found.map(({ agentId, nickname, state, groups }) => (
                  <li key={agentId}>
                    <a href={hrefOf(`desktop/${encodeURIComponent(agentId)}`)}>{agentId}</a>{' '}
                    <span class="muted">
                      {[nickname, ...groups].filter((text) => text !== undefined).join(', ')}
                    </span>{' '}
                    <span class="badge">{state}</span>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
    </>
  );
}
