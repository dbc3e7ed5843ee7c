import type { JSX } from 'preact';
import { login } from '../../api/login.ts';
import { serverUrl } from '../../shell/address.ts';
import { texts } from '../../texts/language.ts';

const t = texts({
  en: { title: 'Orsay', version: (version: string) => `Version ${version}`, api: 'The API of this server' },
  de: { title: 'Orsay', version: (version: string) => `Version ${version}`, api: 'Die API dieses Servers' },
});

/** The first page. */
export default function Home(): JSX.Element {
  return (
    <>
      <h1>{t().title}</h1>
      <p>{t().version(login.value?.version ?? '')}</p>
      <p>
        <a href={serverUrl('/api').href} target="_blank" rel="noreferrer">
          {t().api}
        </a>
      </p>
    </>
  );
}
