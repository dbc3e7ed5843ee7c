import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { refusedFields } from '../../api/part.ts';
import { useResource } from '../../api/resource.ts';
import { ActionForm } from '../../parts/actionForm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { Shown } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import {
  createService,
  plainStart,
  type Start,
  startsOf,
  type Template,
  templateStart,
} from './newServiceStarts.ts';
import type { Options } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';

/** The form of a new service: who serves it, a profile, and the options that it needs at least. */
export function NewService({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const t = servicesTexts();
  const templates = useResource('', (signal) => call('GET /genesys/1/admin/templates', { signal }));
  const chosen = useSignal('');
  return (
    <Dialog title={t.add} onClose={onClose} wide>
      <div>
        <Shown resource={templates} rows={8}>
          {(found) => {
            const starts = startsOf(found.map(({ name }) => name));
            const served = chosen.value || (starts[0]?.value ?? '');
            return (
              <>
                <SelectField
                  label={t.servedBy}
                  value={served}
                  options={starts}
                  onValue={(value) => {
                    chosen.value = value;
                  }}
                />
                {served.startsWith('template ') ? (
                  <OfTemplate key={served} name={served.slice('template '.length)} />
                ) : (
                  <NewServiceForm key={served} start={plainStart(served)} />
                )}
              </>
            );
          }}
        </Shown>
      </div>
    </Dialog>
  );
}

function OfTemplate({ name }: { readonly name: string }): JSX.Element {
  const t = servicesTexts();
  const profile = useSignal<string | undefined>(undefined);
  const template = useResource(name, (signal) =>
    call('GET /genesys/1/admin/templates/:name/options', { path: { name }, signal }),
  );
  return (
    <Shown resource={template} rows={8}>
      {(found) => {
        const used = profile.value ?? usualProfile(found);
        const description = found.profiles.find((one) => one.name === used)?.description;
        return (
          <>
            {found.profiles.length > 0 && (
              <SelectField
                label={t.profile}
                value={used}
                {...(description === undefined ? {} : { hint: description })}
                options={[
                  { value: '', text: t.noProfile },
                  ...found.profiles.map((one) => ({
                    value: one.name,
                    text: one.unavailable === undefined ? one.name : t.unavailable(one.name, one.unavailable),
                  })),
                ]}
                onValue={(value) => {
                  profile.value = value;
                }}
              />
            )}
            <NewServiceForm start={templateStart(found, used)} />
          </>
        );
      }}
    </Shown>
  );
}

function NewServiceForm({ start }: { readonly start: Start }): JSX.Element {
  const t = servicesTexts();
  const name = useSignal('');
  const given = useSignal<Options>({});
  const creating = useAction();
  const refused = refusedFields(creating.error);
  const isAllShown = Object.keys(refused).every((field) => start.fields.some((one) => one.name === field));
  const create = async (): Promise<void> => {
    await createService(name.value, start, given.value);
    tell(t.created(name.value));
    goTo(hrefOf(`services/${encodeURIComponent(name.value)}`));
  };
  return (
    <ActionForm
      action={creating}
      label={t.create}
      isExplained={isAllShown && Object.keys(refused).length > 0}
      onSubmit={create}
    >
      <TextField
        label={t.name}
        hint={t.nameHint}
        required
        maxLength={128}
        autocomplete="off"
        value={name.value}
        onValue={(value) => {
          name.value = value.trim();
        }}
      />
      {start.fields.map((field) => (
        <TextField
          key={field.name}
          label={field.name}
          autocomplete="off"
          spellcheck={false}
          value={given.value[field.name] ?? field.value}
          onValue={(value) => {
            given.value = { ...given.value, [field.name]: value };
          }}
          {...(field.hint === '' ? {} : { hint: field.hint })}
          {...(refused[field.name] === undefined ? {} : { error: refused[field.name] })}
        />
      ))}
    </ActionForm>
  );
}

/** The first profile from which a service can be made here. */
function usualProfile({ profiles }: Template): string {
  return profiles.find(({ unavailable }) => unavailable === undefined)?.name ?? '';
}
