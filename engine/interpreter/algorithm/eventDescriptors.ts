import type { Document, EventDescriptor } from '../document/model.ts';

/** Event names of which a document remembers the matching transitions. */
export const MAX_REMEMBERED_EVENT_NAMES = 1000;

/** W3C SCXML 3.12.1 (D: nameMatch): a descriptor matches a name that begins with its segments. */
export function matches(descriptor: EventDescriptor, name: readonly string[]): boolean {
  if (descriptor.segments.length > name.length) return false;
  return descriptor.segments.every((segment, index) => segment === name[index]);
}

/** The transitions that an event name matches, computed once for each name. */
export class EventMatcher {
  readonly #document: Document;
  readonly #remembered = new Map<string, Uint8Array>();

  constructor(document: Document) {
    this.#document = document;
  }

  /** One byte for each transition: 1 when its `event` attribute matches the name. */
  matching(name: string): Uint8Array {
    const known = this.#remembered.get(name);
    if (known) return known;
    const segments = name.split('.');
    const found = Uint8Array.from(this.#document.transitions, ({ events }) =>
      events?.some((descriptor) => matches(descriptor, segments)) ? 1 : 0,
    );
    if (this.#remembered.size >= MAX_REMEMBERED_EVENT_NAMES) this.#remembered.clear();
    this.#remembered.set(name, found);
    return found;
  }
}
