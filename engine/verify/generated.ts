import type { Document } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import { eventsOf, readMembers } from './documentEvents.ts';
import { DEFAULT_TIMES, type EventRow, type Surroundings } from './surroundings.ts';

/** Events that the platform sends, and no client. */
const OF_THE_PLATFORM = /^(done|error|session|interaction|queue|dialog|cancel\.|classification|statistic)\b/;

/** The surroundings with rows for everything that the author left out. */
export function complete(document: Document, given: Surroundings): Surroundings {
  const events = eventsOf(document);
  const answers = events.elements.has('ws.response');
  const named = new Set(given.events.map(({ event }) => event));
  const others = given.otherEvents ? [...events.accepted] : [];
  const body = generatedBody(document);
  const data = Object.keys(body).length === 0 ? [{}] : [body, {}];
  const generated = others
    .filter((name) => !named.has(name) && !events.sent.has(name) && !isOfThePlatform(name))
    .flatMap((event): readonly EventRow[] => {
      const notice = { event, kind: 'notice', data, times: DEFAULT_TIMES } as const;
      return answers ? [{ ...notice, kind: 'request' }, notice] : [notice];
    });
  const takesChats = [...events.accepted].some((name) => name.startsWith('interaction.'));
  const isEmpty = Object.keys(given.interactions).length === 0;
  return {
    ...given,
    events: [...given.events, ...generated],
    interactions: takesChats && isEmpty ? { i1: [{ media: 'chat', udata: {} }] } : given.interactions,
  };
}

function isOfThePlatform(name: string): boolean {
  return OF_THE_PLATFORM.test(name);
}

/** A body with each name that the document reads. */
export function generatedBody(document: Document): { readonly [name: string]: Json } {
  return Object.fromEntries([...readMembers(document)].map((name) => [name, 1]));
}
