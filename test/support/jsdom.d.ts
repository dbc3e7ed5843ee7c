/** The part of jsdom that tests use; its own types need another package. */
declare module 'jsdom' {
  export class VirtualConsole {}

  export class CookieJar {}

  export class JSDOM {
    readonly window: { eval(script: string): unknown; close(): void };
    constructor(
      html: string,
      options: {
        readonly url: string;
        readonly runScripts: 'outside-only' | 'dangerously';
        readonly resources?: 'usable';
        readonly cookieJar: CookieJar;
        readonly virtualConsole: VirtualConsole;
      },
    );
  }
}
