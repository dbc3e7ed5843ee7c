import { isDeepStrictEqual } from 'node:util';
import { type AddressGuard, ListedDestinations } from '../adapters/index.ts';

/** The networks and URLs of a list that may change while the server runs. */
export class LiveDestinations {
  readonly #allow: () => readonly string[];
  readonly #setting: string;
  #read: readonly string[] = [];
  #listed: ListedDestinations;

  constructor(list: {
    /** The entries that count now, as for ListedDestinations. */
    readonly allow: () => readonly string[];
    /** The setting that has the list, for error messages. */
    readonly setting: string;
  }) {
    this.#allow = list.allow;
    this.#setting = list.setting;
    this.#listed = new ListedDestinations({ allow: [], setting: list.setting });
  }

  /** True when the list has the beginning of the URL. */
  names(url: URL): boolean {
    return this.#now().names(url);
  }

  /** Throws HttpFault 'refused' for a URL that is not in the list. */
  guardOf(url: URL): AddressGuard {
    return this.#now().guardOf(url);
  }

  /** Each guard has connections of its own, so an unchanged list keeps its guards. */
  #now(): ListedDestinations {
    const allow = this.#allow();
    if (!isDeepStrictEqual(allow, this.#read)) {
      this.#read = allow;
      this.#listed = new ListedDestinations({ allow, setting: this.#setting });
    }
    return this.#listed;
  }
}
