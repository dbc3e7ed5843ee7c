import { CLIENT_ATTRIBUTE, type Fields, text } from './entry.ts';
import type { ChatKeys, Person, Saying } from './line.ts';
import { Refused, type Requests } from './requests.ts';
import type { Settings } from './settings.ts';

/** The codes of Chat V2 for a chat that is over, or that nobody knows any more. */
const OVER: ReadonlySet<string> = new Set(['249', '8201', '8210']);

export function isOver(error: unknown): boolean {
  return error instanceof Refused && OVER.has(error.code);
}

/** Opens a chat. Over REST on both wires, because a request over CometD has no key that makes it safe. */
export function openV2(settings: Settings, requests: Requests, person: Person): Promise<Fields> {
  const { firstName = '', lastName = '', email = '', subject = '', data = {}, key } = person;
  // The server takes both names, or one for all.
  const names =
    firstName !== '' && lastName !== '' ? { firstName, lastName } : { nickname: firstName || lastName };
  const named = Object.entries({ ...names, emailAddress: email, subject });
  const attached = Object.entries(data).map(([name, value]) => [`userData[${name}]`, value] as const);
  const given = Object.fromEntries([...named, ...attached].filter(([, value]) => value !== ''));
  return exchangeV2(settings, requests, { path: '', given, key });
}

/** The reply to a request that was performed. A fault that passes is tried again. Rejects with Refused. */
export async function exchangeV2(
  settings: Settings,
  requests: Requests,
  {
    path,
    given,
    key,
  }: { readonly path: string; readonly given: Readonly<Record<string, string>>; readonly key?: string },
): Promise<Fields> {
  const url = `/genesys/2/chat/${encodeURIComponent(settings.service.name)}${path}`;
  for (;;) {
    const reply = await requests.send(url, given, key === undefined ? {} : { key });
    const fault = faultIn(reply);
    if (fault === undefined) return reply;
    if (!fault.isPassing) throw fault.refused;
    await requests.pause();
  }
}

export function attributesOf({ id }: Saying): object {
  return { [CLIENT_ATTRIBUTE]: { id } };
}

/** The keys of a reply. The key of a chat may change. */
export function keysIn(reply: Fields, known: ChatKeys): ChatKeys {
  const chatId = text(reply.chatId) || known.chatId;
  const secureKey = text(reply.secureKey) || known.secureKey;
  return { ...known, ...(chatId !== undefined && { chatId }), ...(secureKey !== undefined && { secureKey }) };
}

/** The refusal in a reply with `statusCode`; undefined: it is none. `isPassing`: a repetition may help. */
export function faultIn(
  reply: Fields,
): { readonly refused: Refused; readonly isPassing: boolean } | undefined {
  if (reply.statusCode === 0) return undefined;
  const first = Array.isArray(reply.errors) ? (reply.errors[0] as Fields | undefined) : undefined;
  const said = text(first?.advice) || 'The chat was refused.';
  return { refused: new Refused(200, text(first?.code), said), isPassing: reply.statusCode === 1 };
}
