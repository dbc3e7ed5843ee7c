import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { type Part, readPart } from '../../api/part.ts';
import { useResource } from '../../api/resource.ts';
import { afterQuestion } from '../../parts/afterQuestion.ts';
import { Shown } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { knownZone } from '../../parts/zone.ts';
import { goTo, hrefOf } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { OpenTimes, TIMES } from './openTimes.tsx';
import { OptionForm } from './optionForm.tsx';
import { kindOf, kindText, type Options, templateOf } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';
import './services.css';

interface Found {
  readonly part: Part<Options>;
  readonly template?: ReplyOf<'GET /genesys/1/admin/templates/:name/options'>;
}

/** `services/:name`: one service, with all options that it has or could have. */
export default function Service({ parameters: { name = '' } }: PageProps): JSX.Element {
  const t = servicesTexts();
  const found = useResource(name, (signal) => read(name, signal));
  const save = async (options: Options, etag: string): Promise<void> => {
    const headers = { 'If-Match': etag };
    await call('PUT /genesys/1/admin/services/:name', { path: { name }, json: options, headers });
    tell(t.saved);
    found.reload();
  };
  const mayChange = mayCall('PUT /genesys/1/admin/services/:name');
  return (
    <div class="services">
      <header class="page-head">
        <h1>{t.service(name)}</h1>
        <span class="buttons">
          {found.data !== undefined && <span class="badge">{kindText(kindOf(found.data.part.value))}</span>}
          <a href={hrefOf('services')}>{t.all}</a>
          {mayCall('DELETE /genesys/1/admin/services/:name') && found.data !== undefined && (
            <button type="button" class="danger" onClick={() => void remove(name)}>
              {t.remove}
            </button>
          )}
        </span>
      </header>
      <p class="muted">{mayChange ? t.atOnce : t.notEditable}</p>
      <Shown resource={found} rows={20}>
        {({ part, template }) => (
          <>
            {template?.description !== undefined && <p>{template.description}</p>}
            <OptionForm
              key={name}
              rows={template?.options ?? []}
              stored={part.value}
              mayChange={mayChange}
              onSave={(options) => save(options, part.etag)}
              onReload={found.reload}
            />
            <Times name={name} part={part} />
          </>
        )}
      </Shown>
    </div>
  );
}

function Times({
  name,
  part: { value, etag },
}: {
  readonly name: string;
  readonly part: Part<Options>;
}): JSX.Element | null {
  const kind = kindOf(value);
  // The server computes the times at the URL of customers.
  if ((kind !== 'officeHours' && kind !== 'capacity') || !mayCall(TIMES)) return null;
  return <OpenTimes name={name} kind={kind} zone={knownZone(value._timezone || 'UTC')} etag={etag} />;
}

async function read(name: string, signal: AbortSignal): Promise<Found> {
  const part = await readPart('GET /genesys/1/admin/services/:name', { path: { name }, signal });
  const template = templateOf(part.value);
  if (template === undefined) return { part };
  try {
    const path = { name: template };
    return {
      part,
      template: await call('GET /genesys/1/admin/templates/:name/options', { path, signal }),
    };
  } catch (error) {
    // The template is gone, or its manifest cannot be read: its options are shown without descriptions.
    if (error instanceof ApiError) return { part };
    throw error;
  }
}

/** Asks, and asks again when the server says that callbacks need the service. */
async function remove(name: string): Promise<void> {
  const t = servicesTexts();
  const question = { title: t.removeTitle(name), text: t.removeText, action: t.remove, isDangerous: true };
  const isRemoved = await afterQuestion({ ...question, again: t.removeAnyway }, (isForced) => {
    const query = isForced ? { query: { override: name } } : {};
    return call('DELETE /genesys/1/admin/services/:name', { path: { name }, ...query });
  });
  if (!isRemoved) return;
  tell(t.removed(name));
  goTo(hrefOf('services'));
}
