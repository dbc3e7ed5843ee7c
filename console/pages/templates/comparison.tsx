import type { JSX } from 'preact';
import { call, send } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { type Texts, textsIn } from './archive.ts';
import { differencesOf, type FileDifference } from './differences.ts';
import { isDocument, TemplateChart } from './templateCharts.tsx';
import { templatesTexts } from './templatesTexts.ts';

/** Lines of one file that are shown. */
const MAX_LINES = 1_000;

/** The differences from a version to the one in use: charts in words and pictures, and texts. */
export function Comparison({
  name,
  version,
  present,
  onClose,
}: {
  readonly name: string;
  readonly version: string;
  /** Undefined: the installed template is in use. */
  readonly present: string | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const t = templatesTexts();
  const differences = useResource([version, present].join(' '), async (signal) => {
    const [before, after] = await Promise.all([
      textsOf(name, { version }, signal),
      textsOf(name, present === undefined ? {} : { version: present }, signal),
    ]);
    return differencesOf(before, after);
  });
  return (
    <Dialog title={t.comparison(version)} onClose={onClose} wide>
      <div class="templates-comparison">
        <Shown resource={differences} rows={12}>
          {(found) =>
            found.length === 0 ? (
              <Empty>{t.same}</Empty>
            ) : (
              found.map((difference) => (
                <File
                  key={difference.path}
                  difference={difference}
                  name={name}
                  versions={[version, present]}
                />
              ))
            )
          }
        </Shown>
      </div>
    </Dialog>
  );
}

async function textsOf(
  name: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Texts> {
  const reply = await send('GET /genesys/1/admin/templates/:name/archive', { path: { name }, query, signal });
  return textsIn(new Uint8Array(await reply.arrayBuffer()));
}

function File({
  difference: { path, kind, lines },
  name,
  versions: [before, after],
}: {
  readonly difference: FileDifference;
  readonly name: string;
  readonly versions: readonly [before: string, after: string | undefined];
}): JSX.Element {
  const t = templatesTexts();
  return (
    <section>
      <h3>
        {path} <span class={`badge ${BADGES[kind]}`}>{t[kind]}</span>
      </h3>
      {kind === 'changed' && isDocument(path) && <Changes name={name} file={path} from={before} to={after} />}
      {kind === 'changed' && isDocument(path) && (
        <div class="templates-pair">
          <div>
            <h4>{t.chartOf(before)}</h4>
            <TemplateChart name={name} file={path} version={before} />
          </div>
          <div>
            <h4>{t.chartOf(after ?? t.installed)}</h4>
            <TemplateChart name={name} file={path} version={after} />
          </div>
        </div>
      )}
      {lines === undefined ? <p class="muted">{t.noText}</p> : <Lines lines={lines} />}
    </section>
  );
}

/** The differences of the charts and data, as the server finds them. */
function Changes({
  name,
  file,
  from,
  to,
}: {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string | undefined;
}): JSX.Element {
  const t = templatesTexts();
  const changes = useResource([file, from, to].join(' '), async (signal) => {
    const query = { file, version: from, ...(to === undefined ? {} : { to }) };
    return call('GET /genesys/1/admin/templates/:name/comparison', { path: { name }, query, signal });
  });
  return (
    <Shown resource={changes} rows={2}>
      {({ changes: found }) => (
        <ul>
          {found.map(({ kind, what, how }) => (
            <li key={`${kind} ${what}`}>
              <span class={`badge ${BADGES[kind]}`}>{t[kind]}</span> <code>{what}</code>
              {how === undefined ? '' : ` ${how}`}
            </li>
          ))}
        </ul>
      )}
    </Shown>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  const t = templatesTexts();
  const hidden = lines.length - MAX_LINES;
  return (
    <>
      <pre
        class="templates-source"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
      >
        {lines.slice(0, MAX_LINES).map((line, at) => (
          <span key={`${at} ${line}`} class={CLASSES[line[0] ?? ''] ?? ''}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
      {hidden > 0 && <p>{t.more(hidden)}</p>}
    </>
  );
}

const BADGES: Readonly<Record<FileDifference['kind'], string>> = {
  added: 'good',
  removed: 'bad',
  changed: 'warn',
};
const CLASSES: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'muted' };
