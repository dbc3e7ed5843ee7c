import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { send } from '../../api/call.ts';
import { type Part, readPart, refusedFields } from '../../api/part.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextArea, TextField, useAction } from '../../parts/form.tsx';
import { Failed, Shown } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { configurationTexts } from './configurationTexts.ts';
import type { PartKind } from './partKinds.ts';

type Content = Readonly<Record<string, unknown>>;

/** The form of a part. `name`: '' for a new one. */
export function PartDialog({
  kind,
  name,
  onClose,
}: {
  readonly kind: PartKind;
  readonly name: string;
  readonly onClose: () => void;
}): JSX.Element {
  const t = configurationTexts();
  const part = useResource(name, (signal) => read(kind, name, signal));
  return (
    <Dialog title={name === '' ? t.add(t[kind.key]) : t.edit(name)} onClose={onClose} wide>
      <div>
        <Shown resource={part} rows={10}>
          {(found) => <PartForm kind={kind} name={name} part={found} onClose={onClose} />}
        </Shown>
      </div>
    </Dialog>
  );
}

async function read({ get, parameter }: PartKind, name: string, signal: AbortSignal): Promise<Part<Content>> {
  if (name === '') return { value: {}, etag: '' };
  return (await readPart(get, { path: { [parameter]: name }, signal })) as Part<Content>;
}

function PartForm({
  kind,
  name,
  part: { value, etag },
  onClose,
}: {
  readonly kind: PartKind;
  readonly name: string;
  readonly part: Part<Content>;
  readonly onClose: () => void;
}): JSX.Element {
  const t = configurationTexts();
  const saving = useAction();
  const refused = refusedFields(saving.error);
  const names = Object.keys(refused);
  const isAtFields = kind.key === 'users' && names.length > 0 && names.every((field) => USER.includes(field));
  const added = useSignal('');
  const save = async (form: HTMLFormElement): Promise<void> => {
    const fields = new FormData(form);
    const json = kind.key === 'users' ? userIn(fields) : objectIn(String(fields.get('content')));
    const headers = etag === '' ? { 'If-None-Match': '*' } : { 'If-Match': etag };
    const path = { [kind.parameter]: name || added.value.trim() };
    await send(kind.put, { path, json, headers: { ...headers } });
    tell(t.saved);
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        void saving.run(() => save(form));
      }}
    >
      {name === '' && (
        <TextField
          label={t.name}
          required
          autocomplete="off"
          value={added.value}
          onValue={(text) => {
            added.value = text;
          }}
        />
      )}
      {kind.key === 'users' ? (
        <UserFields user={value} refused={refused} />
      ) : (
        <TextArea
          label={t.content}
          hint={t.contentHint}
          name="content"
          rows={12}
          spellcheck={false}
          defaultValue={JSON.stringify(value, undefined, 2)}
        />
      )}
      {saving.error !== undefined && !isAtFields && <Failed error={saving.error} />}
      <div class="buttons">
        <button type="submit" class="primary" disabled={saving.isBusy}>
          {t.save}
        </button>
      </div>
    </form>
  );
}

const USER = ['role', 'agentId', 'password'];
const ROLES = ['viewer', 'agent', 'supervisor', 'debugger', 'administrator', 'platform'];

function UserFields({
  user: { role = 'viewer', agentId = '' },
  refused,
}: {
  readonly user: Content;
  readonly refused: Readonly<Record<string, string>>;
}): JSX.Element {
  const t = configurationTexts();
  const errorOf = (field: string): { readonly error?: string } =>
    refused[field] === undefined ? {} : { error: refused[field] };
  return (
    <>
      <SelectField
        label={t.role}
        name="role"
        defaultValue={String(role)}
        options={ROLES.map((one) => ({ value: one, text: one }))}
        {...errorOf('role')}
      />
      <TextField
        label={t.agentId}
        hint={t.agentHint}
        name="agentId"
        autocomplete="off"
        defaultValue={String(agentId)}
        {...errorOf('agentId')}
      />
      <TextField
        label={t.password}
        hint={t.passwordHint}
        name="password"
        type="password"
        autocomplete="new-password"
        {...errorOf('password')}
      />
    </>
  );
}

/** Fields without a text are not set. */
function userIn(fields: FormData): Content {
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''));
}

function objectIn(text: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${configurationTexts().noJson} ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Content;
  throw new Error(configurationTexts().noJson);
}
