import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useAction } from '../../parts/form.tsx';
import { tell } from '../../parts/toasts.tsx';
import { bookingTexts } from './bookingTexts.ts';
import { Refusal } from './refusal.tsx';
import { SlotField } from './slotField.tsx';

/** Moves a scheduled callback to another time. */
export function RescheduleDialog({
  callback: { _id: id, _service_name: service, _customer_number: number, _desired_time },
  onClose,
}: {
  readonly callback: {
    readonly _id: string;
    readonly _service_name: string;
    readonly _desired_time: string;
    readonly _customer_number?: string;
  };
  /** `moved`: it has another time. */
  readonly onClose: (moved: boolean) => void;
}): JSX.Element {
  const t = bookingTexts();
  const desired = useSignal(_desired_time);
  const action = useAction();
  const move = async (): Promise<void> => {
    const json = { _new_desired_time: desired.value };
    await call('PUT /genesys/1/service/callback/:name/:id', { path: { name: service, id }, json });
    tell(t.rescheduled);
    onClose(true);
  };
  return (
    <Dialog title={t.rescheduleTitle(number ?? id)} onClose={() => onClose(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(move);
        }}
      >
        <SlotField
          service={service}
          value={desired.value}
          onValue={(value) => {
            desired.value = value;
          }}
        />
        {action.error !== undefined && (
          <Refusal
            error={action.error}
            service={service}
            desired={desired.value}
            onChoose={(time) => {
              desired.value = time;
              void action.run(move);
            }}
          />
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={action.isBusy}>
            {t.reschedule}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
