import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CookieJar, JSDOM, VirtualConsole } from 'jsdom';

/** The modules of the CometD client, each after those that it imports. */
const MODULES = [
  'Transport.js',
  'RequestTransport.js',
  'LongPollingTransport.js',
  'CallbackPollingTransport.js',
  'WebSocketTransport.js',
  'TransportRegistry.js',
  'Client.js',
  'Extension.js',
  'AckExtension.js',
  'ReloadExtension.js',
];
/** Version 3 is classic scripts. */
const SCRIPTS = ['cometd.js', 'AckExtension.js', 'ReloadExtension.js'];
const CLASSES = ['CometD', 'AckExtension', 'ReloadExtension'];

/** The request of jsdom for an XMLHttpRequest or a script element. */
interface PageRequest extends EventEmitter {
  _processResponse(response: IncomingMessage): void;
}

const require = createRequire(import.meta.url);
const requests = require('jsdom/lib/jsdom/living/helpers/http-request.js') as { prototype: PageRequest };
const processResponse = requests.prototype._processResponse;
// A browser reports an error when the connection closes within the body of a reply. jsdom waits forever.
requests.prototype._processResponse = function (response) {
  response.once('close', () => {
    if (!response.complete && this.listenerCount('error') > 0)
      this.emit('error', new Error('The reply was cut.'));
  });
  processResponse.call(this, response);
};

export interface PageOptions {
  /** Version of the CometD client; absent: the newest. */
  readonly version?: '3' | '9';
  /** True: the page runs script elements, which load from any origin. */
  readonly hasScripts?: boolean;
}

/** A web page in a DOM that enforces CORS for XMLHttpRequest. It has the CometD client and its extensions. */
export class Page {
  readonly #origin: string;
  readonly #options: PageOptions;
  readonly #cookieJar = new CookieJar();
  #dom: JSDOM;

  /** `origin`: where the page came from. */
  constructor(origin: string, options: PageOptions = {}) {
    this.#origin = origin;
    this.#options = options;
    this.#dom = this.#open();
  }

  /** The value of an expression in the page; a promise is awaited. */
  async run(expression: string): Promise<unknown> {
    return this.#dom.window.eval(expression) as unknown;
  }

  /** Loads the page again: its requests are cut, its cookies and its sessionStorage stay. */
  reload(): void {
    const stored = JSON.parse(
      String(this.#dom.window.eval('JSON.stringify({ ...sessionStorage })')),
    ) as object;
    this.#dom.window.close();
    this.#dom = this.#open();
    this.#dom.window.eval(`Object.assign(sessionStorage, ${JSON.stringify(stored)})`);
  }

  close(): void {
    this.#dom.window.close();
  }

  #open(): JSDOM {
    const { version = '9', hasScripts = false } = this.#options;
    const dom = new JSDOM('<!doctype html><title>page</title>', {
      url: `${this.#origin}/page.html`,
      runScripts: hasScripts ? 'dangerously' : 'outside-only',
      ...(hasScripts && { resources: 'usable' as const }),
      cookieJar: this.#cookieJar,
      // It prints nothing: refused requests are results of tests.
      virtualConsole: new VirtualConsole(),
    });
    dom.window.eval(version === '9' ? moduleScript() : classicScript());
    return dom;
  }
}

/** The client as a classic script, because a page of jsdom has no modules. */
function moduleScript(): string {
  const folder = dirname(require.resolve('cometd'));
  const texts = MODULES.map((name) => readFileSync(join(folder, name), 'utf8')).map((text) =>
    text.replace(/^import [^;]*?;?$/gm, '').replace(/^export (?=class|function|const)/gm, ''),
  );
  return `${texts.join('\n')}\nObject.assign(window, { ${CLASSES.join(', ')} });`;
}

function classicScript(): string {
  const folder = dirname(
    createRequire(new URL('../peers/package.json', import.meta.url)).resolve('cometd-3'),
  );
  const texts = SCRIPTS.map((name) => readFileSync(join(folder, name), 'utf8'));
  const classes = CLASSES.map((name) => `${name}: org.cometd.${name}`);
  return `${texts.join('\n')}\nObject.assign(window, { ${classes.join(', ')} });`;
}
