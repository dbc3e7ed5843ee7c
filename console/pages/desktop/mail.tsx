import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { TextArea, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Conversation, Interaction } from './conversation.ts';
import { t } from './deskTexts.ts';

interface Reply {
  readonly subject?: string;
  readonly text?: string;
}

/** An interaction of open media: its type, and for an e-mail the text and the replies. */
export function Mail({
  one,
  interaction,
  agentId,
}: {
  readonly one: Conversation;
  readonly interaction: Interaction;
  readonly agentId: string;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const { service, type, subtype, externalId, email } = interaction;
  const replies = (email?.replies ?? []) as readonly Reply[];
  const send = (form: HTMLFormElement): Promise<void> =>
    run(async () => {
      const given = new FormData(form);
      const subject = String(given.get('subject') ?? '');
      await call('POST /agent/1/interactions/:id/reply', {
        path: { id: one.id },
        json: { agentId, text: String(given.get('text')), ...(subject === '' ? {} : { subject }) },
      });
      form.reset();
      await one.read();
    });
  return (
    <div class="desk-mail">
      <p class="muted">
        {[service, type, subtype, externalId].filter((text) => text !== undefined).join(' · ')}
      </p>
      {email !== undefined && (
        <>
          <dl class="desk-data">
            {Object.entries(email)
              .filter(([key, value]) => key !== 'replies' && typeof value === 'string')
              .map(([key, value]) => (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd class="desk-text">{String(value)}</dd>
                </div>
              ))}
          </dl>
          {replies.map(({ subject, text }, at) => (
            <div key={at} class="desk-word agent">
              <span class="muted">{subject}</span>
              <p>{text}</p>
            </div>
          ))}
          {one.state === 'active' && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void send(event.currentTarget);
              }}
            >
              <TextField label={t().subject} name="subject" />
              <TextArea label={t().reply} hint={t().replyHint} name="text" rows={4} required />
              {error !== undefined && <Failed error={error} />}
              <div class="buttons">
                <button type="submit" class="primary" disabled={isBusy}>
                  {t().send}
                </button>
              </div>
            </form>
          )}
        </>
      )}
    </div>
  );
}
