import { computed, signal } from '@preact/signals';

/** The part of the address below the console, without slash at its ends, such as `sessions/0123`. */
interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

// The server names the root of the console in the element `base`, also below a path of a gateway.
const root = new URL(document.baseURI);

export const address = signal<Address>(readAddress());

addEventListener('popstate', () => {
  address.value = readAddress();
});

/** The whole URL of a page: `hrefOf('sessions', { state: 'failed' })`. */
export function hrefOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(path, root);
  url.search = new URLSearchParams(query).toString();
  return url.href;
}

/** A URL of the server, such as `/genesys/1/admin/sessions`. */
export function serverUrl(path: string): URL {
  return new URL(`..${path}`, root);
}

export function goTo(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  address.value = readAddress();
}

/**
 * A value that is kept in the address, so that a link shows the same. `''` leaves it out.
 */
export function inAddress(name: string): { readonly value: string; set(value: string): void } {
  const value = computed(() => address.value.query.get(name) ?? '');
  return {
    get value() {
      return value.value;
    },
    set(text) {
      const url = new URL(location.href);
      if (text === '') url.searchParams.delete(name);
      else url.searchParams.set(name, text);
      goTo(url.href, { replace: true });
    },
  };
}

/** Links within the console change the page without a load. */
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  if (!link.href.startsWith(root.href)) return;
  event.preventDefault();
  goTo(link.href);
});

function readAddress(): Address {
  const { href, pathname, search } = location;
  const path = href.startsWith(root.href) ? pathname.slice(root.pathname.length) : '';
  return { path: path.replace(/\/$/, ''), query: new URLSearchParams(search) };
}
