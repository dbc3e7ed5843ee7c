import type { ComponentType } from 'preact';
import type { OperationName } from './api/operationTypes.ts';
import type { PageProps } from './shell/pageProps.ts';
import type { pageTitles } from './shell/pageTitles.ts';

/** A page of the console. It is loaded when it is opened. */
export interface Page {
  /** The address below the console: `sessions/:sid`. */
  readonly path: string;
  /** The name of its title in shell/pageTitles.ts. */
  readonly title: keyof ReturnType<typeof pageTitles>;
  /** The page is in the navigation. */
  readonly isListed: boolean;
  /** The route that the page needs most. Users whose role does not allow it do not see the page. */
  readonly needs?: OperationName;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

/** The pages, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  { path: '', title: 'home', isListed: true, load: () => import('./pages/home/home.tsx') },
  {
    path: 'sessions',
    title: 'sessions',
    isListed: true,
    needs: 'GET /genesys/1/admin/sessions/search',
    load: () => import('./pages/sessions/sessions.tsx'),
  },
  {
    path: 'sessions/:sid',
    title: 'session',
    isListed: false,
    needs: 'GET /genesys/1/admin/sessions/search',
    load: () => import('./pages/session/session.tsx'),
  },
  {
    path: 'callbacks',
    title: 'callbacks',
    isListed: true,
    needs: 'GET /genesys/1/admin/callback/queues',
    load: () => import('./pages/callbacks/callbacks.tsx'),
  },
  {
    path: 'callbacks/calendar',
    title: 'callbackCalendar',
    isListed: false,
    needs: 'GET /genesys/1/admin/callback/calendar',
    load: () => import('./pages/callbacks/calendar/calendar.tsx'),
  },
  {
    path: 'callbacks/:id',
    title: 'callback',
    isListed: false,
    needs: 'GET /genesys/1/admin/callback/:id/life',
    load: () => import('./pages/callbacks/life/life.tsx'),
  },
  {
    path: 'traces',
    title: 'traces',
    isListed: true,
    needs: 'POST /genesys/1/admin/drawing',
    load: () => import('./pages/traces/traces.tsx'),
  },
  {
    path: 'desktop',
    title: 'desktop',
    isListed: true,
    needs: 'PUT /agent/1/agents/:agentId',
    load: () => import('./pages/desktop/desktop.tsx'),
  },
  {
    path: 'desktop/:agentId',
    title: 'desktop',
    isListed: false,
    needs: 'PUT /agent/1/agents/:agentId',
    load: () => import('./pages/desktop/desktop.tsx'),
  },
  {
    path: 'supervisor',
    title: 'supervisor',
    isListed: true,
    needs: 'GET /genesys/1/admin/queues',
    load: () => import('./pages/supervisor/supervisor.tsx'),
  },
  {
    path: 'health',
    title: 'health',
    isListed: true,
    needs: 'GET /metrics',
    load: () => import('./pages/health/health.tsx'),
  },
  {
    path: 'customer',
    title: 'customer',
    isListed: true,
    load: () => import('./pages/customer/customer.tsx'),
  },
  {
    path: 'services',
    title: 'services',
    isListed: true,
    needs: 'GET /genesys/1/admin/services',
    load: () => import('./pages/services/services.tsx'),
  },
  {
    path: 'services/:name',
    title: 'service',
    isListed: false,
    needs: 'GET /genesys/1/admin/services',
    load: () => import('./pages/services/service.tsx'),
  },
  {
    path: 'templates',
    title: 'templates',
    isListed: true,
    needs: 'GET /genesys/1/admin/templates',
    load: () => import('./pages/templates/templates.tsx'),
  },
  {
    path: 'templates/:name',
    title: 'template',
    isListed: false,
    needs: 'GET /genesys/1/admin/templates',
    load: () => import('./pages/templates/template.tsx'),
  },
  {
    path: 'configuration',
    title: 'configuration',
    isListed: true,
    needs: 'GET /genesys/1/admin/users',
    load: () => import('./pages/configuration/configuration.tsx'),
  },
  {
    path: 'configuration/:kind',
    title: 'configuration',
    isListed: false,
    needs: 'GET /genesys/1/admin/users',
    load: () => import('./pages/configuration/part.tsx'),
  },
  {
    path: 'configuration/:kind/:name',
    title: 'configuration',
    isListed: false,
    needs: 'GET /genesys/1/admin/users',
    load: () => import('./pages/configuration/part.tsx'),
  },
];

export interface FoundPage {
  readonly page: Page;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The page of a path below the console. */
export function pageOf(path: string): FoundPage | undefined {
  for (const page of PAGES) {
    const parameters = parametersOf(page.path, path);
    if (parameters !== undefined) return { page, parameters };
  }
  return undefined;
}

function parametersOf(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, given] = [pattern.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of expected.entries()) {
    const value = given[at] ?? '';
    if (part.startsWith(':') && value !== '') parameters[part.slice(1)] = decoded(value);
    else if (part !== value) return undefined;
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an address that the console makes.
    return text;
  }
}
