/** The part of jsdom that tests use; its own types need another package. */
declare module 'jsdom' {
  export class VirtualConsole {}

  export class CookieJar {}

  export interface PageElement {
    readonly textContent: string | null;
    value: string;
    querySelector(selector: string): PageElement | null;
    querySelectorAll(selector: string): Iterable<PageElement>;
    dispatchEvent(event: unknown): boolean;
  }

  export class JSDOM {
    readonly window: {
      readonly document: PageElement & { readonly body: PageElement };
      readonly Event: new (
        name: string,
        options: { readonly bubbles?: boolean; readonly cancelable?: boolean },
      ) => unknown;
      eval(script: string): unknown;
      close(): void;
    };
    constructor(
      html: string,
      options: {
        readonly url: string;
        readonly runScripts: 'outside-only' | 'dangerously';
        readonly resources?: 'usable';
        readonly cookieJar?: CookieJar;
        readonly virtualConsole?: VirtualConsole;
      },
    );
  }
}
