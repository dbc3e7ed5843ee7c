import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { download } from '../../parts/download.ts';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { callbackTexts } from './callbackTexts.ts';

/** Fetches the report of the callbacks that ended for a reason, as a file. */
export function ReportDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const t = callbackTexts();
  const reason = useSignal('CANCELLED_BY_ADMIN');
  const action = useAction();
  const fetchReport = async (): Promise<void> => {
    const json = { callback_reason: reason.value };
    const report = await call('POST /genesys/1/admin/callback/reportcancelled', { json });
    download('CancelledCallbacks.csv', 'text/csv', report);
    onClose();
  };
  return (
    <Dialog title={t.reportTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(fetchReport);
        }}
      >
        <p>{t.reportText}</p>
        <TextField
          label={t.reason}
          hint={t.reportHint}
          value={reason.value}
          required
          maxLength={200}
          autocomplete="off"
          onValue={(value) => {
            reason.value = value;
          }}
        />
        {action.error !== undefined && <Failed error={action.error} />}
        <div class="buttons">
          <button type="submit" class="primary" disabled={action.isBusy}>
            {t.reportGet}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
