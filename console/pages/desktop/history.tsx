import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import type { Entry } from './conversation.ts';
import { t } from './deskTexts.ts';

/** Other interactions and callbacks of the customer. Read when it is opened. */
export function History({ id }: { readonly id: string }): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t().history}</summary>
      {isOpen.value && <Known id={id} />}
    </details>
  );
}

function Known({ id }: { readonly id: string }): JSX.Element {
  const earlier = useSignal<string | undefined>(undefined);
  const history = useResource(id, (signal) =>
    call('GET /agent/1/interactions/:id/history', { path: { id }, signal }),
  );
  return (
    <Shown resource={history}>
      {({ customer, chats, openMedia, callbacks }) => (
        <>
          <dl class="desk-data">
            {Object.entries(customer).map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {chats.length + openMedia.length + callbacks.length === 0 && <p class="muted">{t().noHistory}</p>}
          <ul>
            {[...chats, ...openMedia].map((one) => (
              <li key={one.interactionId}>
                <button
                  type="button"
                  class="plain"
                  onClick={() => {
                    earlier.value = one.interactionId;
                  }}
                >
                  {String(one.subject ?? one.media ?? t().earlierChat)}
                </button>{' '}
                <Time at={one.startedAt} />{' '}
                <span class="muted">
                  {[one.disposition, one.notes].filter(Boolean).map(String).join(', ')}
                </span>
              </li>
            ))}
            {callbacks.map(({ serviceId, service, state }) => (
              <li key={serviceId}>
                {t().callback}: {service} <span class="badge">{state}</span>
              </li>
            ))}
          </ul>
          {earlier.value !== undefined && (
            <Earlier
              id={id}
              earlier={earlier.value}
              onClose={() => {
                earlier.value = undefined;
              }}
            />
          )}
        </>
      )}
    </Shown>
  );
}

function Earlier({
  id,
  earlier,
  onClose,
}: {
  readonly id: string;
  readonly earlier: string;
  readonly onClose: () => void;
}): JSX.Element {
  const found = useResource(earlier, (signal) =>
    call('GET /agent/1/interactions/:id/history/:earlier', { path: { id, earlier }, signal }),
  );
  return (
    <Dialog title={t().earlierWork} wide onClose={onClose}>
      <Shown resource={found}>
        {(one) => (
          <>
            {((one.transcript ?? []) as readonly Entry[]).map(({ party, text }, at) => (
              <p key={at}>
                <strong>{String(party.nickname ?? '')}</strong> {text}
              </p>
            ))}
            {one.notes !== undefined && <p class="muted">{one.notes}</p>}
          </>
        )}
      </Shown>
    </Dialog>
  );
}
