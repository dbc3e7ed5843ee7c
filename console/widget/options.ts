import {
  type FormField,
  type Identity,
  type Language,
  languageOf,
  readFields,
  type Settings,
  standardFields,
  type Transport,
} from '../customer/index.ts';

/** The options of the widget, from the attributes of its script element (docs/guides/widget.md). */
export interface WidgetOptions {
  readonly settings: Settings;
  readonly fields: readonly FormField[];
  readonly offersTimes: boolean;
  readonly language: Language;
  /** The text of the button; empty: the standard one. */
  readonly label: string;
  /** Keeps the chat for all tabs of the browser, and over its end. Otherwise for one tab. */
  readonly isRemembered: boolean;
}

const TRANSPORTS: readonly string[] = ['websocket', 'long-polling', 'polling'];

/**
 * The options of a script element. `visitor` makes a name for a customer who has none. Throws with the name
 * of the attribute that cannot be used.
 */
export function readOptions(
  script: { readonly src: string; readonly dataset: Readonly<Record<string, string | undefined>> },
  page: {
    readonly language: string;
    readonly visitor: () => string;
    readonly global: Record<string, unknown>;
  },
): WidgetOptions {
  const {
    service,
    chatService,
    base,
    language,
    fields,
    label = '',
    later,
    remember,
    transport,
  } = script.dataset;
  const name = service ?? chatService;
  if (name === undefined || name === '') {
    throw new Error('Expected data-service or data-chat-service, got none.');
  }
  const kind = service === undefined ? 'chat' : 'callback';
  const shown = languageOf(language ?? page.language);
  return {
    settings: {
      base: (base ?? new URL('..', script.src).href).replace(/\/+$/, ''),
      identity: identityOf(script.dataset, page),
      service: { kind, name },
      transport: transportOf(transport),
    },
    fields: fields === undefined ? standardFields(kind, shown) : readFields(fields),
    offersTimes: kind === 'callback' && later === 'true',
    language: shown,
    label,
    isRemembered: remember === 'browser',
  };
}

function transportOf(given = 'websocket'): Transport {
  if (TRANSPORTS.includes(given)) return given as Transport;
  throw new Error(`Expected data-transport to be one of ${TRANSPORTS.join(', ')}, got '${given}'.`);
}

function identityOf(
  { identity = 'visitor', user, token }: Readonly<Record<string, string | undefined>>,
  { visitor, global }: { readonly visitor: () => string; readonly global: Record<string, unknown> },
): Identity {
  switch (identity) {
    case 'visitor':
      return { kind: 'named', user: user ?? visitor() };
    case 'gateway':
      return { kind: 'gateway' };
    case 'token':
      return { kind: 'token', token: () => tokenOf(token ?? '', global) };
    default:
      throw new Error(`Expected data-identity to be visitor, gateway or token, got '${identity}'.`);
  }
}

/** The token of the function of the page with this name. */
async function tokenOf(name: string, global: Record<string, unknown>): Promise<string> {
  const give = global[name];
  if (typeof give !== 'function') {
    throw new Error(`Expected data-token to name a function of the page, got '${name}'.`);
  }
  return String(await give());
}
