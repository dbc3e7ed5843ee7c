import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { ActionForm } from '../../parts/actionForm.tsx';
import { confirm, Dialog } from '../../parts/dialog.tsx';
import { CheckField, TextField, useAction } from '../../parts/form.tsx';
import { tell } from '../../parts/toasts.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import { type Texts, uploadOf } from './archive.ts';
import { haveScenariosFailed, Problems, problemsIn } from './problems.tsx';
import { templatesTexts } from './templatesTexts.ts';

/** The form of an upload. A refused one shows its problems in the source. */
export function Upload({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const t = templatesTexts();
  const name = useSignal('');
  const files = useSignal<readonly File[]>([]);
  const texts = useSignal<Texts>(new Map());
  const warnings = useSignal<readonly string[]>([]);
  /** Its scenarios are not played. */
  const isUntested = useSignal(false);
  const uploading = useAction();
  const problems = problemsIn(uploading.error);
  const upload = async (): Promise<void> => {
    const { body, type, texts: sources } = await uploadOf(name.value, files.value);
    texts.value = sources;
    const query = isUntested.value ? ({ tests: 'false' } as const) : {};
    const reply = await put(name.value, { body, headers: { 'Content-Type': type }, query });
    if (reply === undefined) return;
    tell(t.done(name.value));
    warnings.value = reply.warnings ?? [];
    if (warnings.value.length === 0) goTo(hrefOf(`templates/${encodeURIComponent(name.value)}`));
  };
  return (
    <Dialog title={t.uploadTitle} onClose={onClose} wide>
      <ActionForm action={uploading} label={t.upload} isExplained={problems.length > 0} onSubmit={upload}>
        <TextField
          type="file"
          label={t.uploadFiles}
          hint={t.uploadHint}
          multiple
          required
          onChange={(event) => {
            files.value = [...(event.currentTarget.files ?? [])];
            isUntested.value = false;
            const [first] = files.value;
            if (name.value === '' && first !== undefined && files.value.length === 1) {
              name.value = nameOf(first.name);
            }
          }}
        />
        <TextField
          label={t.name}
          hint={t.nameHint}
          required
          maxLength={64}
          autocomplete="off"
          value={name.value}
          onValue={(value) => {
            name.value = value.trim();
          }}
        />
        {problems.length > 0 && (
          <Problems
            title={titleOf(uploading.error, problems.length)}
            problems={problems}
            texts={texts.value}
          />
        )}
        {haveScenariosFailed(uploading.error) && (
          <CheckField
            label={t.uploadUntested}
            checked={isUntested.value}
            onValue={(value) => {
              isUntested.value = value;
            }}
          />
        )}
        {warnings.value.length > 0 && (
          <section class="templates-warnings" role="alert">
            <h3>{t.warnings}</h3>
            <ul>
              {warnings.value.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
            <a class="button" href={hrefOf(`templates/${encodeURIComponent(name.value)}`)}>
              {t.template(name.value)}
            </a>
          </section>
        )}
      </ActionForm>
    </Dialog>
  );
}

type Put = 'PUT /genesys/1/admin/templates/:name';

function titleOf(error: Error | undefined, problems: number): string {
  const t = templatesTexts();
  if (!haveScenariosFailed(error)) return t.problems(problems);
  const { scenarios, failed } = (error as ApiError).details;
  return t.failedScenarios(Number(failed), Number(scenarios));
}

/** Asks before it replaces a template of the installation. Undefined: nobody wanted that. */
async function put(
  name: string,
  request: Pick<Parameters<typeof call<Put>>[1], 'body' | 'headers'> & {
    readonly query: { readonly tests?: 'false' };
  },
): Promise<Awaited<ReturnType<typeof call<Put>>> | undefined> {
  const t = templatesTexts();
  const input = { ...request, path: { name } };
  try {
    return await call('PUT /genesys/1/admin/templates/:name', input);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'CONFLICT')) throw error;
    const question = { title: t.overrideTitle(name), text: error.message, action: t.override };
    if ((await confirm({ ...question, isDangerous: true })) === undefined) return undefined;
    const query = { ...request.query, override: name };
    return call('PUT /genesys/1/admin/templates/:name', { ...input, query });
  }
}

/** A proposed name, from that of the file. */
function nameOf(file: string): string {
  return file.replace(/\.[^.]*$/, '').replace(/[^\w-]/g, '-');
}
