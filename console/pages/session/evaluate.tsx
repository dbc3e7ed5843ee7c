import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { debuggerTexts as t } from './debuggerTexts.ts';

/** Evaluates expressions over a copy of the data of a held session. */
export function Evaluate({ id }: { readonly id: string }): JSX.Element {
  const action = useAction();
  const value = useSignal<string | undefined>(undefined);
  return (
    <form
      class="debugger-form"
      onSubmit={(event) => {
        event.preventDefault();
        const expression = String(new FormData(event.currentTarget).get('expression') ?? '');
        value.value = undefined;
        void action.run(async () => {
          const input = { path: { id }, json: { expression } };
          const found = await call('POST /genesys/1/admin/debug/:id/evaluate', input);
          value.value = found.value === undefined ? 'undefined' : JSON.stringify(found.value, undefined, 1);
        });
      }}
    >
      <TextField
        label={t().expression}
        name="expression"
        required
        maxLength={4096}
        autocomplete="off"
        placeholder="_data.count"
      />
      <button type="submit" disabled={action.isBusy}>
        {t().evaluate}
      </button>
      {value.value !== undefined && <output class="debugger-value">{value.value}</output>}
      {action.error !== undefined && <Failed error={action.error} />}
    </form>
  );
}
