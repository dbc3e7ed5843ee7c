/** The URL of the server: configured, or known as soon as the server listens. */
export class BaseUrl {
  #url: string | undefined;

  constructor(configured: string | undefined) {
    this.#url = configured?.replace(/\/+$/, '');
  }

  get isKnown(): boolean {
    return this.#url !== undefined;
  }

  /** Sets the URL, unless one is configured. */
  settle(url: string): void {
    this.#url ??= url;
  }

  get(): string {
    if (this.#url === undefined) throw new Error('The URL of the server is not known before it listens.');
    return this.#url;
  }
}
