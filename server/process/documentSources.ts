import { HttpFault } from '../../engine/ports/index.ts';
import { type AddressGuard, type Destinations, OpenDestinations } from '../adapters/index.ts';
import { TEMPLATE_PATH } from '../templates/index.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import { LiveDestinations } from './liveDestinations.ts';

/**
 * The URLs from which documents, and the files that they include, may be read: templates of this server,
 * `documents.allow`, and next to the documents that the configuration names. Without `documents.allow`, a
 * server that only its own machine reaches reads from everywhere that `http.allow` allows.
 */
export class DocumentSources implements Destinations {
  readonly #open: OpenDestinations | undefined;
  readonly #isLoopbackOnly: () => boolean;
  readonly #listed: LiveDestinations;

  constructor({
    current,
    isLoopbackOnly,
    beside,
  }: {
    readonly current: CurrentConfig;
    readonly isLoopbackOnly: () => boolean;
    /** A document that counts as if a service named it. */
    readonly beside?: URL;
  }) {
    const { documents, http } = current.whole;
    const allow = documents?.allow;
    const also = beside === undefined ? [] : [new URL('.', beside).href];
    this.#open = allow === undefined ? new OpenDestinations(http.allow) : undefined;
    this.#isLoopbackOnly = isLoopbackOnly;
    this.#listed = new LiveDestinations({
      allow: () => [...(allow ?? []), ...configuredFolders(current.whole), ...also],
      setting: 'documents.allow',
    });
  }

  checkOwn(url: URL, path: string): void {
    if (path.startsWith(TEMPLATE_PATH) || this.#listed.names(url)) return;
    throw new HttpFault('refused', `Expected a document of a template or of documents.allow, got '${url}'.`);
  }

  guardOf(url: URL): AddressGuard {
    return this.#open !== undefined && this.#isLoopbackOnly()
      ? this.#open.guardOf()
      : this.#listed.guardOf(url);
  }
}

/** The folders of the documents that services and queues name by an absolute URL. */
function configuredFolders({ services, scripts }: Config): readonly string[] {
  const named = [
    ...Object.values(services).map((options) => options._service ?? ''),
    ...Object.values(scripts).map(({ Application }) => Application.url),
  ];
  return named
    .filter((url) => /^https?:\/\//i.test(url) && URL.canParse(url))
    .map((url) => new URL('.', url).href);
}
