import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../../api/apiError.ts';
import { refusedFields } from '../../api/part.ts';
import { TextField, useAction } from '../../parts/form.tsx';
import { Empty, Failed } from '../../parts/states.tsx';
import { OptionField, type OptionRow } from './optionField.tsx';
import { changesIn, groupsOf, isFound, type OptionGroup, savedOptions } from './optionGroups.ts';
import { OwnOptions } from './ownOptions.tsx';
import type { Options } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';

/** So many options need no folded groups. */
const FEW = 12;

/** All options of a service. `onSave` resolves when the server has them. */
export function OptionForm({
  rows,
  stored,
  mayChange,
  onSave,
  onReload,
}: {
  /** The options that a template describes. */
  readonly rows: readonly OptionRow[];
  readonly stored: Options;
  readonly mayChange: boolean;
  readonly onSave: (options: Options) => Promise<void>;
  readonly onReload: () => void;
}): JSX.Element {
  const t = servicesTexts();
  const values = useSignal(stored);
  const words = useSignal('');
  const saving = useAction();
  const form = useRef<HTMLFormElement>(null);
  const refused = refusedFields(saving.error);
  useEffect(() => showFirstRefused(form.current), [saving.error]);
  useEffect(() => {
    values.value = stored;
  }, [stored]);

  const set = (name: string, value: string): void => {
    values.value = { ...values.value, [name]: value };
  };
  const known = new Set(rows.map(({ name }) => name));
  const own = Object.keys(values.value).filter((name) => !known.has(name));
  const groups = groupsOf(rows)
    .map((group) => ({ ...group, rows: group.rows.filter((row) => isFound(row, words.value)) }))
    .filter((group) => group.rows.length > 0);
  const changes = changesIn(values.value, stored);
  const atFields = Object.keys(refused).filter((name) => known.has(name) || own.includes(name)).length;
  // Somebody else has changed the service since it was read.
  const isStale = saving.error instanceof ApiError && saving.error.status === 412;
  const discard = (): void => {
    void saving.run(async () => {
      values.value = stored;
      if (isStale) onReload();
    });
  };
  return (
    <form
      ref={form}
      class="services-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void saving.run(() => onSave(savedOptions(values.value, stored)));
      }}
    >
      {rows.length > 0 && (
        <TextField
          label={t.find}
          type="search"
          value={words.value}
          onValue={(text) => {
            words.value = text;
          }}
        />
      )}
      <fieldset class="services-options" disabled={!mayChange || saving.isBusy}>
        <legend class="sr-only">{t.title}</legend>
        {groups.map((group) => (
          <Group
            key={group.key}
            group={group}
            values={values.value}
            isOpen={group.key === 'mandatory' || rows.length <= FEW || words.value.trim() !== ''}
          >
            {group.rows.map((row) => (
              <OptionField
                key={row.name}
                row={row}
                value={values.value[row.name] ?? ''}
                medium={values.value._media_type}
                error={refused[row.name]}
                onValue={(value) => set(row.name, value)}
              />
            ))}
          </Group>
        ))}
        {rows.length > 0 && groups.length === 0 && <Empty>{t.none}</Empty>}
        <OwnOptions
          names={own}
          values={values.value}
          refused={refused}
          isAll={rows.length === 0}
          mayChange={mayChange}
          onValue={set}
        />
      </fieldset>
      {saving.error !== undefined &&
        (atFields > 0 && atFields === Object.keys(refused).length ? (
          <Failed error={new Error(t.refused(atFields))} />
        ) : (
          <Failed error={saving.error} />
        ))}
      {mayChange && (
        <div class="services-save">
          <span class="muted">{t.changes(changes)}</span>
          <button type="button" disabled={changes === 0} onClick={discard}>
            {isStale ? t.readAgain : t.discard}
          </button>
          <button type="submit" class="primary" disabled={changes === 0 || saving.isBusy}>
            {t.save}
          </button>
        </div>
      )}
    </form>
  );
}

function Group({
  group,
  values,
  isOpen,
  children,
}: {
  readonly group: OptionGroup;
  readonly values: Options;
  readonly isOpen: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const t = servicesTexts();
  const { key, rows } = group;
  const set = rows.filter(({ name }) => (values[name] ?? '') !== '').length;
  return (
    <details class="services-group card" open={isOpen}>
      <summary>
        <h2>{titleOf(group)}</h2>
        {key === 'noEffect' && set > 0 ? (
          <span class="badge warn">{t.setWithoutEffect(set)}</span>
        ) : (
          <span class="muted">{t.count(set, rows.length)}</span>
        )}
      </summary>
      <div class="services-fields">{children}</div>
    </details>
  );
}

function titleOf({ key, category }: OptionGroup): string {
  const t = servicesTexts();
  if (key === 'mandatory' || key === 'noEffect' || key === 'noCategory') return t[key];
  return category;
}

/** Opens the group of the first option that the server refused, and goes there. */
function showFirstRefused(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field === null || field === undefined) return;
  for (const one of form?.querySelectorAll('[aria-invalid="true"]') ?? []) {
    one.closest('details')?.setAttribute('open', '');
  }
  field.focus();
}
