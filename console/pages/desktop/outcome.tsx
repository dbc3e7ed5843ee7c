import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { SelectField, TextArea, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { tell } from '../../parts/toasts.tsx';
import type { Conversation, Interaction, Settings } from './conversation.ts';
import type { Desk } from './desk.ts';
import { t } from './deskTexts.ts';

/** The disposition and the notes; in the work after an interaction also its end. */
export function Outcome({
  one,
  interaction,
  desk,
  settings,
}: {
  readonly one: Conversation;
  readonly interaction: Interaction;
  readonly desk: Desk;
  readonly settings: Settings | undefined;
}): JSX.Element | null {
  const { isBusy, error, run } = useAction();
  const isWrapup = one.state === 'wrapup';
  if (!isWrapup && (one.state !== 'active' || interaction.agentId !== desk.agentId)) return null;
  const save = (form: FormData, isDone: boolean): Promise<void> =>
    run(async () => {
      const disposition = String(form.get('disposition') ?? '');
      const json = {
        agentId: desk.agentId,
        notes: String(form.get('notes') ?? ''),
        ...(disposition === '' ? {} : { disposition }),
      };
      const path = { id: one.id };
      if (isDone) {
        await call('POST /agent/1/interactions/:id/complete', { path, json });
        desk.forget(one.id);
      } else {
        await call('POST /agent/1/interactions/:id/outcome', { path, json });
        tell(t().saved);
      }
    });
  const until = interaction.wrapupUntil;
  return (
    <details open={isWrapup}>
      <summary>
        {t().disposition}, {t().notes}
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const isDone = (event.submitter as HTMLButtonElement | null)?.value === 'complete';
          void save(new FormData(event.currentTarget), isDone);
        }}
      >
        {typeof until === 'number' && (
          <p>
            {t().wrapupUntil} <Time at={until} as="time" />
          </p>
        )}
        <SelectField
          label={t().disposition}
          name="disposition"
          defaultValue={interaction.disposition ?? ''}
          required={isWrapup && settings?.afterWork.disposition === 'required'}
          options={[
            { value: '', text: t().noDisposition },
            ...(settings?.dispositions ?? []).map(({ code, text }) => ({ value: code, text: text || code })),
          ]}
        />
        <TextArea label={t().notes} name="notes" rows={2} defaultValue={interaction.notes ?? ''} />
        {error !== undefined && <Failed error={error} />}
        <div class="buttons">
          <button type="submit" value="save" disabled={isBusy}>
            {t().save}
          </button>
          {isWrapup && (
            <button type="submit" value="complete" class="primary" disabled={isBusy}>
              {t().complete}
            </button>
          )}
        </div>
      </form>
    </details>
  );
}
