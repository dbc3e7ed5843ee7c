import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { ActionForm } from '../../parts/actionForm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useAction } from '../../parts/form.tsx';
import { tell } from '../../parts/toasts.tsx';
import { texts } from '../../texts/language.ts';
import { EventFields, eventIn } from './eventFields.tsx';

const t = texts({
  en: {
    open: 'Send event',
    title: 'Send an event to the session',
    dataHint: 'Such as {"by": 2}. Empty: none.',
    send: 'Send',
    sent: (name: string) => `Sent: ${name}`,
  },
  de: {
    open: 'Ereignis senden',
    title: 'Ein Ereignis an die Session senden',
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
  const send = async (form: HTMLFormElement): Promise<void> => {
    const json = eventIn(form);
    const text = JSON.stringify(json);
    // The same event is sent again after a lost connection, and counts once.
    if (sent.current.text !== text) sent.current = { text, key: newKey() };
    const headers = { 'Idempotency-Key': sent.current.key };
    await call('POST /genesys/1/admin/debug/sessions/:sid/event', { path: { sid }, json, headers });
    isOpen.value = false;
    tell(t().sent(json.name));
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
          <ActionForm action={action} label={t().send} onSubmit={send}>
            <EventFields dataHint={t().dataHint} rows={6} />
          </ActionForm>
        </Dialog>
      )}
    </>
  );
}

/** `crypto.randomUUID` exists on secure pages alone. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('-');
}
