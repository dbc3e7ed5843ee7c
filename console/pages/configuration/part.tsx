import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import { send } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { type Part, readPart, refusedFields } from '../../api/part.ts';
import { useResource } from '../../api/resource.ts';
import { ActionForm } from '../../parts/actionForm.tsx';
import { TextField, useAction } from '../../parts/form.tsx';
import { RowsField } from '../../parts/rowsField.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { configurationTexts } from './configurationTexts.ts';
import { PartFields } from './partFields.tsx';
import type { Content, Draft, PartForm } from './partForm.ts';
import { isNamed, PART_KINDS, type PartKind } from './partKinds.ts';
import './configuration.css';

/** `configuration/:kind/:name`: the form of a part. Without a name that of a new one, or of the only one. */
export default function ConfigurationPart({ parameters: { kind: key, name = '' } }: PageProps): JSX.Element {
  const t = configurationTexts();
  const kind = PART_KINDS.find((one) => one.key === key);
  if (kind === undefined || (name !== '' && !isNamed(kind))) {
    return (
      <Empty>
        <h1>{t.unknown}</h1>
        <a href={hrefOf('configuration')}>{t.all}</a>
      </Empty>
    );
  }
  return (
    <>
      <div class="page-head">
        <h1>{titleOf(kind, name)}</h1>
        <a href={hrefOf('configuration')}>{t.all}</a>
      </div>
      <Present key={`${kind.key} ${name}`} kind={kind} name={name} />
    </>
  );
}

function titleOf(kind: PartKind, name: string): string {
  const t = configurationTexts();
  if (!isNamed(kind)) return t[kind.key];
  return name === '' ? t.add(t[kind.key]) : `${t[kind.key]}: ${name}`;
}

function Present({ kind, name }: { readonly kind: PartKind; readonly name: string }): JSX.Element {
  const part = useResource(name, (signal) => read(kind, name, signal));
  return (
    <Shown resource={part} rows={10}>
      {(found) => <Form key={found.etag} kind={kind} name={name} part={found} onReload={part.reload} />}
    </Shown>
  );
}

/** A part that is not there yet is empty. */
async function read(kind: PartKind, name: string, signal: AbortSignal): Promise<Part<Content>> {
  const none = { value: {}, etag: '' };
  if (isNamed(kind) && name === '') return none;
  try {
    return (await readPart(kind.get, { path: pathOf(kind, name), signal })) as Part<Content>;
  } catch (error) {
    if (!isNamed(kind) && error instanceof ApiError && error.status === 404) return none;
    throw error;
  }
}

function pathOf(kind: PartKind, name: string): Readonly<Record<string, string>> {
  return isNamed(kind) ? { [kind.parameter]: name } : {};
}

function Form({
  kind,
  name,
  part: { value, etag },
  onReload,
}: {
  readonly kind: PartKind;
  readonly name: string;
  readonly part: Part<Content>;
  readonly onReload: () => void;
}): JSX.Element {
  const t = configurationTexts();
  const form = kind.form();
  const draft = useSignal<Draft>(form.read(value));
  const added = useSignal('');
  const saving = useAction();
  const refused = refusedFields(saving.error);
  const isNew = isNamed(kind) && name === '';
  const mayChange = mayCall(kind.put);
  const isStale = saving.error instanceof ApiError && saving.error.status === 412 && !isNew;
  const { fields, rows } = draft.value;
  const save = async (): Promise<void> => {
    draft.value = withoutEmptyRows(draft.value, form);
    const json = form.write(draft.value, value);
    const headers = etag === '' ? { 'If-None-Match': '*' } : { 'If-Match': etag };
    await send(kind.put, { path: pathOf(kind, name || added.value.trim()), json, headers: { ...headers } });
    tell(t.saved);
    goTo(hrefOf('configuration'));
  };
  return (
    <ActionForm
      action={saving}
      label={t.save}
      isDisabled={!mayChange}
      isExplained={isAtFields(refused, form, draft.value)}
      buttons={
        isStale && (
          <button type="button" onClick={onReload}>
            {t.readAgain}
          </button>
        )
      }
      onSubmit={save}
    >
      {!mayChange && <p class="muted">{t.notEditable}</p>}
      {isStale && <p role="alert">{t.stale}</p>}
      <fieldset class="configuration-part card" disabled={!mayChange || saving.isBusy}>
        <legend class="sr-only">{titleOf(kind, name)}</legend>
        {isNew && (
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
        <PartFields
          groups={form.groups}
          values={fields}
          refused={refused}
          onValue={(field, text) => {
            draft.value = { ...draft.value, fields: { ...draft.value.fields, [field]: text } };
          }}
        />
        {form.rows.map((spec) => (
          <RowsField
            key={spec.name}
            label={spec.label}
            hint={spec.hint}
            columns={spec.columns}
            isOrdered={spec.isOrdered ?? false}
            rows={rows[spec.name] ?? []}
            errorOf={(at, column) => refused[spec.fieldOf(rows[spec.name]?.[at] ?? {}, at, column)]}
            onChange={(changed) => {
              draft.value = { ...draft.value, rows: { ...draft.value.rows, [spec.name]: changed } };
            }}
          />
        ))}
      </fieldset>
    </ActionForm>
  );
}

/** Rows in which nothing was typed are none. The others keep their places, which refusals name. */
function withoutEmptyRows({ fields, rows }: Draft, form: PartForm): Draft {
  const typed = form.rows.map(({ name, columns }) => {
    const texts = columns.filter(({ options }) => options === undefined);
    return [
      name,
      (rows[name] ?? []).filter((row) => texts.some(({ key }) => (row[key] ?? '') !== '')),
    ] as const;
  });
  return { fields, rows: Object.fromEntries(typed) };
}

/** Every refusal is shown at its field. */
function isAtFields(refused: Readonly<Record<string, string>>, form: PartForm, { rows }: Draft): boolean {
  const shown = new Set([
    ...form.groups.flatMap(({ fields }) => fields.map(({ name }) => name)),
    ...form.rows.flatMap(({ name, columns, fieldOf }) =>
      (rows[name] ?? []).flatMap((row, at) => columns.map(({ key }) => fieldOf(row, at, key))),
    ),
  ]);
  const names = Object.keys(refused);
  return names.length > 0 && names.every((name) => shown.has(name));
}
