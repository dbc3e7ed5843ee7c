import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { send } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { afterQuestion } from '../../parts/afterQuestion.ts';
import { Shown } from '../../parts/states.tsx';
import { hrefOf } from '../../shell/address.ts';
import { configurationTexts } from './configurationTexts.ts';
import { isNamed, type NamedKind, PART_KINDS, type SingleKind } from './partKinds.ts';
import { mayTest, PushTest } from './pushTest.tsx';
import './configuration.css';

/** The parts of the configuration that change while the server runs. */
export default function Configuration(): JSX.Element {
  const t = configurationTexts();
  return (
    <>
      <h1>{t.title}</h1>
      <p class="muted">{t.atOnce}</p>
      {PART_KINDS.map((kind) =>
        isNamed(kind) ? <Parts key={kind.key} kind={kind} /> : <Part key={kind.key} kind={kind} />,
      )}
    </>
  );
}

function aboutOf(key: SingleKind['key']): string {
  const t = configurationTexts();
  return { push: t.aboutPush, list: t.aboutList, desktop: t.aboutDesktop }[key];
}

/** A part of which there is one. */
function Part({ kind: { key, put } }: { readonly kind: SingleKind }): JSX.Element {
  const t = configurationTexts();
  const isTested = useSignal(false);
  const mayPut = mayCall(put);
  return (
    <section class="configuration-parts card">
      <header>
        <h2>{t[key]}</h2>
        <span class="muted">{aboutOf(key)}</span>
        <span class="buttons">
          {key === 'push' && mayTest() && (
            <button
              type="button"
              onClick={() => {
                isTested.value = true;
              }}
            >
              {t.test(t.push)}
            </button>
          )}
          <a
            class="button"
            aria-label={mayPut ? t.edit(t[key]) : t.see(t[key])}
            href={hrefOf(`configuration/${key}`)}
          >
            {mayPut ? t.change : t.show}
          </a>
        </span>
      </header>
      {isTested.value && (
        <PushTest
          name=""
          onClose={() => {
            isTested.value = false;
          }}
        />
      )}
    </section>
  );
}

function Parts({ kind }: { readonly kind: NamedKind }): JSX.Element {
  const t = configurationTexts();
  const parts = useResource(kind.key, kind.all);
  const tested = useSignal<string | undefined>(undefined);
  const title = t[kind.key];
  const mayPut = mayCall(kind.put);
  return (
    <section class="configuration-parts card">
      <header>
        <h2>{title}</h2>
        {mayPut && (
          <span class="buttons">
            <a class="button" href={hrefOf(`configuration/${kind.key}`)}>
              {t.add(title)}
            </a>
          </span>
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
                  <a href={hrefOf(`configuration/${kind.key}/${encodeURIComponent(name)}`)}>{name}</a>
                  <span class="muted">{text}</span>
                  <span class="buttons">
                    {kind.key === 'providers' && mayTest() && (
                      <button
                        type="button"
                        onClick={() => {
                          tested.value = name;
                        }}
                      >
                        {t.test(name)}
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
      {tested.value !== undefined && (
        <PushTest
          name={tested.value}
          onClose={() => {
            tested.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function remove({ remove: route, parameter }: NamedKind, name: string): Promise<boolean> {
  const t = configurationTexts();
  const question = { title: t.removeTitle(name), text: t.removeText, action: t.delete, isDangerous: true };
  return afterQuestion({ ...question, again: t.removeAnyway }, (isForced) => {
    const query = isForced ? { query: { override: name } } : {};
    return send(route, { path: { [parameter]: name }, ...query });
  });
}
