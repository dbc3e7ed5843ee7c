import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { mayCall } from '../api/login.ts';
import { type Page, pageOf } from '../pages.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { texts } from '../texts/language.ts';
import { address, hrefOf } from './address.ts';
import type { PageProps } from './pageProps.ts';
import { pageTitles } from './pageTitles.ts';

const t = texts({
  en: {
    nothing: 'There is no page at this address.',
    forbidden: 'Your role does not allow this page.',
    home: 'To the start',
  },
  de: {
    nothing: 'Unter dieser Adresse gibt es keine Seite.',
    forbidden: 'Ihre Rolle erlaubt diese Seite nicht.',
    home: 'Zum Start',
  },
});

/** The components of pages that were opened, or why they could not be loaded. */
const loaded = signal<ReadonlyMap<Page, ComponentType<PageProps> | Error>>(new Map());

/** The page of the present address. */
export function PageView(): JSX.Element {
  const found = pageOf(address.value.path);
  const page = found?.page;
  const heading = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  const path = address.value.path;

  useEffect(() => {
    if (page !== undefined && !loaded.value.has(page)) void load(page);
  }, [page]);
  const title = page === undefined ? t().nothing : pageTitles()[page.title];
  useEffect(() => {
    document.title = `${title} – Orsay`;
  }, [title]);
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else heading.current?.focus();
    scrollTo(0, 0);
  }, [path]);

  return (
    <div ref={heading} tabIndex={-1} class="page">
      {content()}
    </div>
  );

  function content(): JSX.Element {
    if (found === undefined) return <Missing text={t().nothing} />;
    const { needs } = found.page;
    if (needs !== undefined && !mayCall(needs)) return <Missing text={t().forbidden} />;
    const Component = loaded.value.get(found.page);
    if (Component === undefined) return <Loading rows={12} />;
    if (Component instanceof Error) return <Failed error={Component} retry={() => void load(found.page)} />;
    return <Component parameters={found.parameters} />;
  }
}

function Missing({ text }: { readonly text: string }): JSX.Element {
  return (
    <Empty>
      <h1>{text}</h1>
      <p>
        <a href={hrefOf('')}>{t().home}</a>
      </p>
    </Empty>
  );
}

async function load(page: Page): Promise<void> {
  const component = await page.load().then(
    (module) => module.default,
    (error: unknown) => error as Error,
  );
  loaded.value = new Map([...loaded.value, [page, component]]);
}
