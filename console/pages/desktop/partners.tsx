import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Conversation, Interaction } from './conversation.ts';
import { t } from './deskTexts.ts';

const KINDS = ['transfer', 'conference', 'consult'] as const;
type Kind = (typeof KINDS)[number];

interface Participant {
  readonly agentId: string;
  readonly isSupervisor?: boolean;
}

/** Other agents: who takes part, and the invitations. */
export function Partners({
  one,
  interaction,
  agentId,
  mayInvite,
}: {
  readonly one: Conversation;
  readonly interaction: Interaction;
  readonly agentId: string;
  readonly mayInvite: boolean;
}): JSX.Element | null {
  const asked = useSignal<Kind | undefined>(undefined);
  const { isBusy, error, run } = useAction();
  const others = ((interaction.participants ?? []) as readonly Participant[]).filter(
    (other) => other.agentId !== agentId,
  );
  const invited = one.invited.value;
  const remove = (participant: string): Promise<void> =>
    run(async () => {
      await call('POST /agent/1/interactions/:id/remove', {
        path: { id: one.id },
        json: { agentId, participant },
      });
      await one.read();
    });
  if (others.length === 0 && !mayInvite) return null;
  return (
    <div class="desk-partners">
      {others.length > 0 && (
        <p>
          {t().participants}:{' '}
          {others.map((other) => (
            <span key={other.agentId} class="badge">
              {other.agentId}
              {mayInvite && other.isSupervisor !== true && (
                <button
                  type="button"
                  class="plain"
                  aria-label={t().remove(other.agentId)}
                  disabled={isBusy}
                  onClick={() => void remove(other.agentId)}
                >
                  ×
                </button>
              )}
            </span>
          ))}
        </p>
      )}
      {mayInvite && (
        <div class="desk-tools">
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              onClick={() => {
                asked.value = kind;
              }}
            >
              {t()[kind]}
            </button>
          ))}
          <span role="status">{invited !== undefined && t().invited(invited.agentId, invited.result)}</span>
        </div>
      )}
      {error !== undefined && <Failed error={error} />}
      {asked.value !== undefined && (
        <Invite
          one={one}
          agentId={agentId}
          kind={asked.value}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function Invite({
  one,
  agentId,
  kind,
  onClose,
}: {
  readonly one: Conversation;
  readonly agentId: string;
  readonly kind: Kind;
  readonly onClose: () => void;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const invite = (form: FormData): Promise<void> =>
    run(async () => {
      const [agent, queue, text] = ['agent', 'queue', 'text'].map((name) =>
        String(form.get(name) ?? '').trim(),
      );
      const json = { agentId, ...(text ? { text } : {}) };
      const path = { id: one.id };
      if (kind === 'transfer') {
        const to = queue ? { queue } : { agentId: agent ?? '' };
        await call('POST /agent/1/interactions/:id/transfer', { path, json: { ...json, to } });
      } else {
        const to = { agentId: agent ?? '' };
        await call(`POST /agent/1/interactions/:id/${kind}`, { path, json: { ...json, to } });
      }
      onClose();
    });
  return (
    <Dialog title={t()[kind]} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void invite(new FormData(event.currentTarget));
        }}
      >
        <TextField label={t().toAgent} name="agent" maxLength={255} required={kind !== 'transfer'} />
        {kind === 'transfer' && <TextField label={t().toQueue} name="queue" maxLength={255} />}
        <TextField label={t().note} name="text" maxLength={8_192} />
        {error !== undefined && <Failed error={error} />}
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            {t()[kind]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
