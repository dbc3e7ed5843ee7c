import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { v4 as uuid } from 'uuid';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { tell } from '../../parts/toasts.tsx';
import { bookingTexts } from './bookingTexts.ts';
import { Refusal } from './refusal.tsx';
import { SlotField } from './slotField.tsx';

const NUMBER = '_customer_number';

interface Declared {
  readonly name: string;
  readonly isMandatory: boolean;
}

/** The form of a new callback. `start`: the beginning of a slot in ISO 8601. */
export function CreateDialog({
  services,
  service: first,
  start = '',
  onClose,
}: {
  readonly services: readonly string[];
  readonly service: string;
  readonly start?: string;
  /** `created`: a callback was created. */
  readonly onClose: (created: boolean) => void;
}): JSX.Element {
  const t = bookingTexts();
  const service = useSignal(services.includes(first) ? first : (services[0] ?? ''));
  const isNow = useSignal(start === '');
  const desired = useSignal(start);
  const values = useSignal<Readonly<Record<string, string>>>({});
  const further = useSignal<readonly (readonly [name: string, value: string])[]>([]);
  // The same key until the server has answered: a lost reply never makes a second callback.
  const key = useRef(uuid());
  const action = useAction();
  const declared = useDeclared(service.value);
  const create = async (): Promise<void> => {
    const named = Object.fromEntries(declared.map(({ name }) => [name, values.value[name] ?? '']));
    const given = { ...named, ...Object.fromEntries(further.value) };
    const fields = Object.fromEntries(
      Object.entries(given).filter(([name, value]) => name !== '' && value !== ''),
    );
    const { _id: id } = await call('POST /genesys/1/service/callback/:name', {
      path: { name: service.value },
      headers: { 'Idempotency-Key': key.current },
      json: { ...fields, ...(isNow.value ? {} : { _desired_time: desired.value }) },
    }).catch((error: unknown) => {
      if (error instanceof ApiError) key.current = uuid();
      throw error;
    });
    tell(t.created(id));
    onClose(true);
  };
  return (
    <Dialog title={t.create} onClose={() => onClose(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(create);
        }}
      >
        <SelectField
          label={t.service}
          value={service.value}
          options={services.map((value) => ({ value, text: value }))}
          onValue={(value) => {
            service.value = value;
            desired.value = '';
          }}
        />
        {declared.map(({ name, isMandatory }) => (
          <TextField
            key={name}
            label={name === NUMBER ? t.number : name}
            {...(isMandatory ? {} : { hint: t.optional })}
            required={isMandatory}
            maxLength={1_000}
            autocomplete="off"
            value={values.value[name] ?? ''}
            onValue={(value) => {
              values.value = { ...values.value, [name]: value };
            }}
          />
        ))}
        <SelectField
          label={t.when}
          value={isNow.value ? 'now' : 'at'}
          options={[
            { value: 'now', text: t.now },
            { value: 'at', text: t.atTime },
          ]}
          onValue={(value) => {
            isNow.value = value === 'now';
          }}
        />
        {!isNow.value && (
          <SlotField
            service={service.value}
            value={desired.value}
            onValue={(value) => {
              desired.value = value;
            }}
          />
        )}
        <Further
          properties={further.value}
          onChange={(properties) => {
            further.value = properties;
          }}
        />
        {action.error !== undefined && (
          <Refusal
            error={action.error}
            service={service.value}
            desired={isNow.value ? '' : desired.value}
            onChoose={(time) => {
              isNow.value = false;
              desired.value = time;
              void action.run(create);
            }}
          />
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={action.isBusy}>
            {t.createIt}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Properties with names of the user. */
function Further({
  properties,
  onChange,
}: {
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly onChange: (properties: readonly (readonly [string, string])[]) => void;
}): JSX.Element {
  const t = bookingTexts();
  const change = (at: number, property: readonly [string, string]): void =>
    onChange(properties.map((one, other) => (other === at ? property : one)));
  return (
    <fieldset class="callbacks-further">
      <legend>{t.more}</legend>
      {properties.map(([name, value], at) => (
        // The rows have no other identity.
        <div key={`${at}`} class="callbacks-property">
          <TextField
            label={t.name}
            required
            maxLength={200}
            value={name}
            onValue={(text) => change(at, [text, value])}
          />
          <TextField
            label={t.value}
            maxLength={1_000}
            value={value}
            onValue={(text) => change(at, [name, text])}
          />
          <button
            type="button"
            class="plain"
            aria-label={t.remove(name)}
            onClick={() => onChange(properties.filter((_, other) => other !== at))}
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...properties, ['', '']])}>
        {t.add}
      </button>
    </fieldset>
  );
}

/** The properties of a request that the service declares: of its customers, and options that may be set. */
function useDeclared(service: string): readonly Declared[] {
  const isAllowed = service !== '' && mayCall('GET /genesys/1/admin/services/:name');
  const { data } = useResource(JSON.stringify([service, isAllowed]), async (signal) => {
    if (!isAllowed) return [];
    const path = { name: service };
    return declaredIn(await call('GET /genesys/1/admin/services/:name', { path, signal }));
  });
  const number = { name: NUMBER, isMandatory: true };
  return data === undefined || data.length === 0 ? [number] : data;
}

function declaredIn(options: Readonly<Record<string, string>>): readonly Declared[] {
  const namesIn = (option: string): readonly string[] =>
    (options[option] ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const listed = namesIn('_mandatory_customer_lookup_keys');
  const mandatory = listed.length === 0 ? [NUMBER] : listed;
  const names = [...mandatory, ...namesIn('_customer_lookup_keys'), ...namesIn('_overwritable_options')];
  return [...new Set(names)]
    .filter((name) => name !== '_desired_time')
    .map((name) => ({ name, isMandatory: mandatory.includes(name) }));
}
