import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { ActionForm } from '../../parts/actionForm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { configurationTexts } from './configurationTexts.ts';

const TEST = 'POST /genesys/1/admin/push/providers/:name/test';
const TEST_SECTION = 'POST /genesys/1/admin/push/test';
/** The types that have a push service. */
const TYPES = ['fcm', 'ios', 'customhttp'] as const;

export function mayTest(): boolean {
  return mayCall(TEST);
}

/**
 * Sends a notification to a device through a provider, and shows the answer of the push service. `name`: '' for
 * the section `push`.
 */
export function PushTest({
  name,
  onClose,
}: {
  readonly name: string;
  readonly onClose: () => void;
}): JSX.Element {
  const t = configurationTexts();
  const type = useSignal<(typeof TYPES)[number]>('fcm');
  const deviceId = useSignal('');
  const reply = useSignal<ReplyOf<typeof TEST> | undefined>(undefined);
  const sending = useAction();
  const test = async (): Promise<void> => {
    reply.value = undefined;
    const json = { type: type.value, deviceId: deviceId.value };
    reply.value =
      name === '' ? await call(TEST_SECTION, { json }) : await call(TEST, { path: { name }, json });
  };
  return (
    <Dialog title={t.test(name || t.push)} onClose={onClose}>
      <ActionForm action={sending} label={t.send} onSubmit={test}>
        <SelectField
          label={t.type}
          value={type.value}
          options={TYPES.map((one) => ({ value: one, text: one }))}
          onValue={(value) => {
            type.value = TYPES.find((one) => one === value) ?? 'fcm';
          }}
        />
        <TextField
          label={t.device}
          required
          autocomplete="off"
          value={deviceId.value}
          onValue={(value) => {
            deviceId.value = value;
          }}
        />
        {reply.value !== undefined && (
          <p role="status">{t.result(reply.value.result, reply.value.reason ?? '')}</p>
        )}
      </ActionForm>
    </Dialog>
  );
}
