import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Conversation, Interaction } from './conversation.ts';
import { t } from './deskTexts.ts';

/** The user data of an interaction. An empty value removes a key. */
export function CustomerData({
  one,
  interaction,
  agentId,
  isOpen,
}: {
  readonly one: Conversation;
  readonly interaction: Interaction;
  readonly agentId: string;
  readonly isOpen: boolean;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const data = Object.entries(interaction.userData);
  const set = (form: HTMLFormElement): Promise<void> =>
    run(async () => {
      const given = new FormData(form);
      const value = String(given.get('value') ?? '');
      await call('POST /agent/1/interactions/:id/userData', {
        path: { id: one.id },
        json: { agentId, userData: { [String(given.get('key'))]: value === '' ? null : value } },
      });
      form.reset();
      await one.read();
    });
  return (
    <details>
      <summary>
        {t().data} <span class="badge">{data.length}</span>
      </summary>
      {data.length === 0 && <p class="muted">{t().noData}</p>}
      <dl class="desk-data">
        {data.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
      {isOpen && (
        <form
          class="desk-tools"
          onSubmit={(event) => {
            event.preventDefault();
            void set(event.currentTarget);
          }}
        >
          <TextField label={t().key} name="key" required maxLength={255} autocomplete="off" />
          <TextField label={t().value} name="value" autocomplete="off" />
          <button type="submit" disabled={isBusy}>
            {t().setData}
          </button>
        </form>
      )}
      {error !== undefined && <Failed error={error} />}
    </details>
  );
}
