import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import { t } from './deskTexts.ts';

/** The offers and invitations of the agent, with the time that is left to answer them. */
export function Offers({
  desk,
  onAccepted,
}: {
  readonly desk: Desk;
  readonly onAccepted: (id: string) => void;
}): JSX.Element {
  const offered = desk.conversations.value.filter(({ offer }) => offer.value !== undefined);
  return (
    <section aria-label={t().offers}>
      <div role="status" aria-live="assertive" class="sr-only">
        {offered.map((one) => wordsOf(one)).join('. ')}
      </div>
      {offered.map((one) => (
        <OfferView key={one.id} one={one} desk={desk} onAccepted={onAccepted} />
      ))}
    </section>
  );
}

function OfferView({
  one,
  desk,
  onAccepted,
}: {
  readonly one: Conversation;
  readonly desk: Desk;
  readonly onAccepted: (id: string) => void;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  const answer = { path: { id: one.id }, json: { agentId: desk.agentId } };
  const accept = async (): Promise<void> => {
    await call('POST /agent/1/interactions/:id/accept', answer);
    one.offer.value = undefined;
    onAccepted(one.id);
    await one.read();
  };
  const reject = async (): Promise<void> => {
    await call('POST /agent/1/interactions/:id/reject', answer);
    desk.forget(one.id);
  };
  const left = Math.max(0, Math.ceil(((one.offer.value?.expiresAt ?? 0) - now.value) / 1_000));
  return (
    <div class="desk-offer card">
      <strong>{wordsOf(one)}</strong>
      <span class="muted">{t().secondsLeft(left)}</span>
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={() => void run(reject)}>
          {t().reject}
        </button>
        <button type="button" class="primary" disabled={isBusy} onClick={() => void run(accept)}>
          {t().accept}
        </button>
      </div>
      {error !== undefined && <Failed error={error} />}
    </div>
  );
}

function wordsOf(one: Conversation): string {
  const { invitation } = one.offer.value ?? {};
  return invitation === undefined
    ? t().offer(one.media.value)
    : t().invitation(invitation.kind, invitation.from);
}
