import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { SelectField } from '../../parts/form.tsx';
import { Shown } from '../../parts/states.tsx';
import { PlainChart } from '../session/chart.tsx';
import type { ChartLayout } from '../session/places.ts';
import { templatesTexts } from './templatesTexts.ts';

/** The state chart of one of a template's documents. */
export function TemplateCharts({
  name,
  files,
  version,
}: {
  readonly name: string;
  readonly files: readonly string[];
  readonly version: string | undefined;
}): JSX.Element | null {
  const t = templatesTexts();
  const documents = files.filter(isDocument);
  const chosen = useSignal('');
  const file = documents.includes(chosen.value) ? chosen.value : documents[0];
  if (file === undefined) return null;
  return (
    <section class="templates-charts">
      <h2>{t.charts}</h2>
      {documents.length > 1 && (
        <SelectField
          label={t.document}
          value={file}
          options={documents.map((path) => ({ value: path, text: path }))}
          onValue={(path) => {
            chosen.value = path;
          }}
        />
      )}
      <TemplateChart name={name} file={file} version={version} />
    </section>
  );
}

/** `version`: undefined for the installed one. */
export function TemplateChart({
  name,
  file,
  version,
}: {
  readonly name: string;
  readonly file: string;
  readonly version: string | undefined;
}): JSX.Element {
  const layout = useResource([name, file, version].join(' '), async (signal) => {
    const query = { file, format: 'json', ...(version === undefined ? {} : { version }) };
    const input = { path: { name }, query, signal };
    return (await call('GET /genesys/1/admin/templates/:name/drawing', input)) as ChartLayout;
  });
  return (
    <Shown resource={layout} rows={12}>
      {(found) => <PlainChart layout={found} name={[file, version].join(' ')} />}
    </Shown>
  );
}

export function isDocument(path: string): boolean {
  return path.toLowerCase().endsWith('.scxml');
}
