import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { TextArea, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { texts } from '../../texts/language.ts';
import { readJson } from './readJson.ts';

const t = texts({
  en: {
    open: 'Send event',
    title: 'Send an event to the session',
    name: 'Name',
    data: 'Data (JSON)',
    dataHint: 'Such as {"by": 2}. Empty: none.',
    send: 'Send',
    sent: (name: string) => `Sent: ${name}`,
  },
  de: {
    open: 'Ereignis senden',
    title: 'Ein Ereignis an die Session senden',
    name: 'Name',
    data: 'Daten (JSON)',
    dataHint: 'Zum Beispiel {"by": 2}. Leer: keine.',
    send: 'Senden',
    sent: (name: string) => `Gesendet: ${name}`,
  },
});

/** A button with a form for an event that a person sends to the session. */
export function SendEvent({ sid }: { readonly sid: string }): JSX.Element | null {
  const isOpen = useSignal(false);
  const action = useAction();
  const sent = useRef({ text: '', key: '' });
  if (!mayCall('POST /genesys/1/admin/debug/sessions/:sid/event')) return null;
  const send = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const name = String(fields.get('name') ?? '');
    void action.run(async () => {
      const data = readJson(String(fields.get('data') ?? ''));
      const json = { name, ...(data === undefined ? {} : { data }) };
      const text = JSON.stringify(json);
      // The same event is sent again after a lost connection, and counts once.
      if (sent.current.text !== text) sent.current = { text, key: newKey() };
      const headers = { 'Idempotency-Key': sent.current.key };
      await call('POST /genesys/1/admin/debug/sessions/:sid/event', { path: { sid }, json, headers });
      isOpen.value = false;
      tell(t().sent(name));
    });
  };
  return (
    <>
      <button
        type="button"
        onClick={() => {
          sent.current = { text: '', key: '' };
          isOpen.value = true;
        }}
      >
        {t().open}
      </button>
      {isOpen.value && (
        <Dialog
          title={t().title}
          onClose={() => {
            isOpen.value = false;
          }}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              send(event.currentTarget);
            }}
          >
            <TextField
              label={t().name}
              name="name"
              required
              maxLength={1024}
              pattern="\S+"
              autocomplete="off"
            />
            <TextArea label={t().data} hint={t().dataHint} name="data" rows={6} spellcheck={false} />
            {action.error !== undefined && <Failed error={action.error} />}
            <div class="buttons">
              <button type="submit" class="primary" disabled={action.isBusy}>
                {t().send}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

/** `crypto.randomUUID` exists on secure pages alone. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('-');
}
