import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { isConnected } from '../api/connection.ts';
import { login, logOut, mayCall } from '../api/login.ts';
import { PAGES } from '../pages.ts';
import { tellFailure } from '../parts/toasts.tsx';
import { chooseLanguage, LANGUAGES, type Language, language, texts } from '../texts/language.ts';
import { address, hrefOf } from './address.ts';
import { pageTitles } from './pageTitles.ts';
import { chooseTheme, THEMES, type Theme, theme } from './theme.ts';
import './layout.css';

const t = texts({
  en: {
    skip: 'Skip to the content',
    pages: 'Pages',
    menu: 'Menu',
    settings: 'Settings',
    lost: 'The server is not reached. Trying again …',
    logOut: 'Log out',
    theme: 'Colours',
    system: 'as the system',
    light: 'light',
    dark: 'dark',
    language: 'Language',
    open: 'No users: everybody on this machine is an administrator.',
  },
  de: {
    skip: 'Zum Inhalt springen',
    pages: 'Seiten',
    menu: 'Menü',
    settings: 'Einstellungen',
    lost: 'Der Server ist nicht erreichbar. Neuer Versuch läuft …',
    logOut: 'Abmelden',
    theme: 'Farben',
    system: 'wie das System',
    light: 'hell',
    dark: 'dunkel',
    language: 'Sprache',
    open: 'Keine Benutzer: Jeder auf diesem Rechner ist Administrator.',
  },
});
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** The frame of every page: navigation, the user, settings, and whether the server is reached. */
export function Layout({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const isMenuOpen = useSignal(false);
  const { path } = address.value;
  useEffect(() => {
    isMenuOpen.value = false;
  }, [path]);
  return (
    <div class="layout">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {t().skip}
      </button>
      <header class="bar">
        <a class="brand" href={hrefOf('')}>
          Orsay
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={isMenuOpen.value}
          aria-controls="navigation"
          onClick={() => {
            isMenuOpen.value = !isMenuOpen.value;
          }}
        >
          {t().menu}
        </button>
      </header>
      <div id="navigation" class={isMenuOpen.value ? 'side open' : 'side'}>
        <nav aria-label={t().pages}>
          <ul>
            {PAGES.filter(({ isListed, needs }) => isListed && (needs === undefined || mayCall(needs))).map(
              (page) => (
                <li key={page.path}>
                  <a href={hrefOf(page.path)} aria-current={isWithin(path, page.path) ? 'page' : undefined}>
                    {pageTitles()[page.title]}
                  </a>
                </li>
              ),
            )}
          </ul>
        </nav>
        <Settings />
      </div>
      <main id="main" tabIndex={-1}>
        <div role="status" aria-live="polite">
          {!isConnected.value && <p class="lost">{t().lost}</p>}
        </div>
        {children}
      </main>
    </div>
  );
}

function Settings(): JSX.Element {
  const known = login.value;
  return (
    <section class="settings" aria-label={t().settings}>
      {known?.hasUsers === false && <p class="muted">{t().open}</p>}
      {known?.user !== undefined && (
        <div class="user">
          <span>
            {known.user} <span class="muted">({known.role})</span>
          </span>
          <button type="button" onClick={() => void logOut().catch(tellFailure)}>
            {t().logOut}
          </button>
        </div>
      )}
      <label>
        <span>{t().theme}</span>
        <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {t()[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t().language}</span>
        <select
          value={language.value}
          onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

function isWithin(path: string, page: string): boolean {
  return path === page || (page !== '' && path.startsWith(`${page}/`));
}
