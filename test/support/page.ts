import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JSDOM, VirtualConsole } from 'jsdom';

/** The modules of the CometD client that its long-polling needs, each after those that it imports. */
const MODULES = [
  'Transport.js',
  'RequestTransport.js',
  'LongPollingTransport.js',
  'CallbackPollingTransport.js',
  'WebSocketTransport.js',
  'TransportRegistry.js',
  'Client.js',
];

/** A web page in a DOM that enforces CORS for XMLHttpRequest. */
export class Page {
  readonly #dom: JSDOM;

  /** `origin`: where the page came from. */
  constructor(origin: string) {
    this.#dom = new JSDOM('<!doctype html><title>page</title>', {
      url: `${origin}/page.html`,
      runScripts: 'outside-only',
      // It prints nothing: refused requests are results of tests.
      virtualConsole: new VirtualConsole(),
    });
    this.#dom.window.eval(`${cometdScript()}\nwindow.CometD = CometD;`);
  }

  /** The value of an expression in the page; a promise is awaited. */
  async run(expression: string): Promise<unknown> {
    return this.#dom.window.eval(expression) as unknown;
  }

  close(): void {
    this.#dom.window.close();
  }
}

/** The client as a classic script, because a page of jsdom has no modules. */
function cometdScript(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('cometd'));
  return MODULES.map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((text) => text.replace(/^import [^;]*?;?$/gm, '').replace(/^export (?=class|function|const)/gm, ''))
    .join('\n');
}
