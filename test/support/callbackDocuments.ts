import type { Document } from '../../engine/interpreter/document/model.ts';
import { loadDocument } from '../../engine/interpreter/load/load.ts';

type Name = 'chat-delay' | 'chat-immediate' | 'inbound_chat';

const read = new Map<Name, Promise<Document>>();

/** An installed document of the template callback. It is read and compiled once for all tests. */
export function callbackDocument(name: Name): Promise<Document> {
  const known = read.get(name);
  if (known) return known;
  const document = loadDocument(new URL(`../../scxml/callback/src/${name}.scxml`, import.meta.url));
  read.set(name, document);
  return document;
}
