import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import { send } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { confirm } from '../../parts/dialog.tsx';
import { Shown } from '../../parts/states.tsx';
import { tellFailure } from '../../parts/toasts.tsx';
import { configurationTexts } from './configurationTexts.ts';
import { PartDialog } from './partDialog.tsx';
import { PART_KINDS, type PartKind } from './partKinds.ts';
import { PushTest } from './pushTest.tsx';
import './configuration.css';

/** The named parts of the configuration that change while the server runs. */
export default function Configuration(): JSX.Element {
  const t = configurationTexts();
  return (
    <>
      <h1>{t.title}</h1>
      <p class="muted">{t.atOnce}</p>
      {PART_KINDS.map((kind) => (
        <Parts key={kind.key} kind={kind} />
      ))}
    </>
  );
}

function Parts({ kind }: { readonly kind: PartKind }): JSX.Element {
  const t = configurationTexts();
  const parts = useResource(kind.key, kind.all);
  // '': a new one.
  const edited = useSignal<string | undefined>(undefined);
  const tested = useSignal<string | undefined>(undefined);
  const title = t[kind.key];
  const mayPut = mayCall(kind.put);
  const close = (): void => {
    edited.value = undefined;
    tested.value = undefined;
    parts.reload();
  };
  return (
    <section class="configuration-parts card">
      <header>
        <h2>{title}</h2>
        {mayPut && (
          <button
            type="button"
            onClick={() => {
              edited.value = '';
            }}
          >
            {t.add(title)}
          </button>
        )}
      </header>
      <Shown resource={parts} rows={2}>
        {(found) =>
          Object.keys(found).length === 0 ? (
            <p class="muted">{t.none}</p>
          ) : (
            <ul>
              {Object.entries(found).map(([name, text]) => (
                <li key={name}>
                  <strong>{name}</strong>
                  <span class="muted">{text}</span>
                  <span class="buttons">
                    {kind.key === 'providers' && mayCall(TEST) && (
                      <button
                        type="button"
                        onClick={() => {
                          tested.value = name;
                        }}
                      >
                        {t.test(name)}
                      </button>
                    )}
                    {mayPut && (
                      <button
                        type="button"
                        onClick={() => {
                          edited.value = name;
                        }}
                      >
                        {t.edit(name)}
                      </button>
                    )}
                    {mayCall(kind.remove) && (
                      <button
                        type="button"
                        class="danger"
                        onClick={() => void remove(kind, name).then(parts.reload)}
                      >
                        {t.remove(name)}
                      </button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {edited.value !== undefined && <PartDialog kind={kind} name={edited.value} onClose={close} />}
      {tested.value !== undefined && <PushTest name={tested.value} onClose={close} />}
    </section>
  );
}

const TEST = 'POST /genesys/1/admin/push/providers/:name/test';

/** Asks, and asks again when the server says that something uses the part. */
async function remove({ remove: route, parameter }: PartKind, name: string): Promise<void> {
  const t = configurationTexts();
  const question = { title: t.removeTitle(name), isDangerous: true };
  if ((await confirm({ ...question, text: t.removeText, action: t.delete })) === undefined) return;
  const path = { [parameter]: name };
  try {
    await send(route, { path });
  } catch (error) {
    const mayInsist = error instanceof ApiError && error.message.includes('?override=');
    if (!mayInsist) return tellFailure(error);
    const insisted = await confirm({ ...question, text: error.message, action: t.removeAnyway });
    if (insisted !== undefined) await send(route, { path, query: { override: name } }).catch(tellFailure);
  }
}
