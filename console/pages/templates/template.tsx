import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call, urlOf } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { afterQuestion } from '../../parts/afterQuestion.ts';
import { Fact, Facts } from '../../parts/facts.tsx';
import { Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { tell } from '../../parts/toasts.tsx';
import { goTo, hrefOf } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { Comparison } from './comparison.tsx';
import { TemplateCharts } from './templateCharts.tsx';
import { templatesTexts } from './templatesTexts.ts';
import './templates.css';

type Version = ReplyOf<'GET /genesys/1/admin/templates/:name/versions'>[number];

/** `templates/:name`: one template, its versions and the charts of its documents. */
export default function Template({ parameters: { name = '' } }: PageProps): JSX.Element {
  const t = templatesTexts();
  const found = useResource(name, (signal) => read(name, signal));
  const present = found.data?.template;
  return (
    <div class="templates">
      <header class="page-head">
        <h1>{t.template(name)}</h1>
        <span class="buttons">
          <a href={hrefOf('templates')}>{t.all}</a>
          <a
            class="button"
            download
            href={urlOf('GET /genesys/1/admin/templates/:name/archive', { path: { name } })}
          >
            {t.download}
          </a>
          {present?.origin === 'uploaded' && mayCall('DELETE /genesys/1/admin/templates/:name') && (
            <button type="button" class="danger" onClick={() => void remove(name)}>
              {t.remove}
            </button>
          )}
        </span>
      </header>
      <Shown resource={found} rows={16}>
        {({ template, versions, services, sessions }) => (
          <>
            <Facts>
              <Fact name={t.origin}>{t[template.origin]}</Fact>
              {template.version !== undefined && <Fact name={t.version}>{template.version}</Fact>}
              <Fact name={t.sessions}>
                <a href={hrefOf('sessions', { status: 'running', find: `${name}/` })}>{sessions}</a>
              </Fact>
              <Fact name={t.services}>
                {services.length === 0
                  ? t.noServices
                  : services.map((service) => (
                      <a key={service} href={hrefOf(`services/${encodeURIComponent(service)}`)}>
                        {service}{' '}
                      </a>
                    ))}
              </Fact>
            </Facts>
            <Versions name={name} versions={versions} onChange={found.reload} />
            <TemplateCharts name={name} files={template.files} version={template.version} />
            <section>
              <h2>{t.files}</h2>
              <ul class="templates-files">
                {template.files.map((file) => (
                  <li key={file}>{file}</li>
                ))}
              </ul>
            </section>
          </>
        )}
      </Shown>
    </div>
  );
}

function Versions({
  name,
  versions,
  onChange,
}: {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly onChange: () => void;
}): JSX.Element {
  const t = templatesTexts();
  const compared = useSignal<string | undefined>(undefined);
  const present = versions.find(({ isPresent }) => isPresent)?.version;
  return (
    <section>
      <h2>{t.versions}</h2>
      {versions.length === 0 && <p class="muted">{t.noVersions}</p>}
      <ul class="templates-versions">
        {versions.map(({ version = '', uploadedAt, files, isPresent }) => (
          <li key={version}>
            <code>{version}</code>
            {uploadedAt !== undefined && <Time at={uploadedAt} />}
            <span class="muted">{t.fileCount(files.length)}</span>
            {isPresent && <span class="badge good">{t.present}</span>}
            <span class="buttons">
              <a
                class="button"
                download
                aria-label={`${t.download} ${version}`}
                href={urlOf('GET /genesys/1/admin/templates/:name/archive', {
                  path: { name },
                  query: { version },
                })}
              >
                {t.download}
              </a>
              {!isPresent && (
                <button
                  type="button"
                  onClick={() => {
                    compared.value = version;
                  }}
                >
                  {t.compare}
                </button>
              )}
              {!isPresent && mayCall('POST /genesys/1/admin/templates/:name/rollback') && (
                <button type="button" onClick={() => void rollBack(name, version).then(onChange)}>
                  {t.rollBack}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {compared.value !== undefined && (
        <Comparison
          name={name}
          version={compared.value}
          present={present}
          onClose={() => {
            compared.value = undefined;
          }}
        />
      )}
    </section>
  );
}

async function read(
  name: string,
  signal: AbortSignal,
): Promise<{
  readonly template: ReplyOf<'GET /genesys/1/admin/templates/:name'>;
  readonly versions: readonly Version[];
  readonly services: readonly string[];
  readonly sessions: number;
}> {
  const path = { name };
  const [template, versions, services, documents] = await Promise.all([
    call('GET /genesys/1/admin/templates/:name', { path, signal }),
    call('GET /genesys/1/admin/templates/:name/versions', { path, signal }),
    call('GET /genesys/1/admin/services', { signal }),
    call('GET /genesys/1/admin/documents', { signal }),
  ]);
  const running = documents.filter(({ src }) => isOfTemplate(src, name));
  return {
    template,
    versions,
    services: Object.entries(services).flatMap(([service, { _type, _service }]) =>
      _type === 'ors' && _service === name ? [service] : [],
    ),
    sessions: running.reduce((sum, document) => sum + document.sessions, 0),
  };
}

/** The folder of a template in a URL may have a version: `/service_template/shop~0a1b/shop.scxml`. */
function isOfTemplate(src: string, name: string): boolean {
  const [, folder = ''] = /\/service_template\/([^/]+)\//.exec(src) ?? [];
  return folder === name || folder.startsWith(`${name}~`);
}

async function rollBack(name: string, version: string): Promise<void> {
  const t = templatesTexts();
  const question = { title: t.rollBackTitle(version), action: t.rollBack };
  await afterQuestion({ ...question, text: t.rollBackText, again: t.override }, async (isForced) => {
    const query = isForced ? { query: { override: name } } : {};
    const input = { path: { name }, json: { version }, ...query };
    const { warnings = [] } = await call('POST /genesys/1/admin/templates/:name/rollback', input);
    tell([t.rolledBack(version), ...warnings].join('\n'));
  });
}

async function remove(name: string): Promise<void> {
  const t = templatesTexts();
  const question = { title: t.removeTitle(name), action: t.remove, isDangerous: true, asksReason: true };
  await afterQuestion(
    { ...question, text: t.removeText, again: t.removeAnyway },
    async (isForced, reason) => {
      const query = isForced ? { reason, force: 'true' } : { reason };
      await call('DELETE /genesys/1/admin/templates/:name', { path: { name }, query });
      tell(t.isRemoved(name));
      goTo(hrefOf('templates'));
    },
  );
}
