import { closestName } from '../../ports/index.ts';
import { matches } from '../algorithm/eventDescriptors.ts';
import type { Document, EventDescriptor, SourceLocation } from '../document/model.ts';
import type { StepRecord } from '../execution.ts';

/** Items that one reason names. */
const MAX_NAMED = 5;

/** The descriptors of the events that transitions of the active states wait for, in document order. */
export function acceptedEvents(document: Document, configuration: Iterable<string>): readonly string[] {
  const active = new Set(Array.from(configuration, (id) => document.stateById.get(id)));
  active.add(0);
  const found = document.transitions
    .filter(({ source, events }) => events !== undefined && active.has(source))
    .flatMap(({ events }) => events!.map(descriptorText));
  return [...new Set(found)];
}

/** True when a descriptor such as 'error', 'error.*' or '*' matches the name of an event. W3C 3.12.1. */
export function describesEvent(descriptor: string, name: string): boolean {
  const segments = descriptor
    .replace(/\.?\*$/, '')
    .split('.')
    .filter((segment) => segment !== '');
  return matches({ segments, wildcard: descriptor === '*' }, name.split('.'));
}

/** The reason, for people, why no transition took the event of an `event_ignored` record. */
export function whyIgnored(record: StepRecord, document: Document): string {
  const name = String(record.name);
  const configuration = record.configuration as readonly string[];
  const guards = record.guards as unknown as readonly (SourceLocation & { readonly cond: string })[];
  if (guards.length > 0) {
    return some(
      guards.map(
        ({ file, line, column, cond }) => `condition '${cond}' is false (${file}:${line}:${column})`,
      ),
    );
  }
  const elsewhere = document.transitions.filter(({ events }) =>
    events?.some((event) => matches(event, name.split('.'))),
  );
  if (elsewhere.length > 0) {
    const states = elsewhere.map(
      ({ source, at }) => `'${document.states[source]!.id}' (${at.file}:${at.line}:${at.column})`,
    );
    return `no transition waits for it in ${list(configuration)}; one does in ${some(states)}`;
  }
  const accepted = acceptedEvents(document, configuration);
  const meant = closestName(name, accepted);
  const hint = meant !== undefined ? `did you mean '${meant}'?` : `they wait for ${list(accepted)}`;
  return `no transition waits for it in ${list(configuration)}; ${accepted.length === 0 ? 'they wait for no event' : hint}`;
}

function descriptorText({ segments, wildcard }: EventDescriptor): string {
  return wildcard ? '*' : segments.join('.');
}

function list(names: readonly string[]): string {
  return some(names.map((name) => `'${name}'`));
}

function some(items: readonly string[]): string {
  const more = items.length - MAX_NAMED;
  return items.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
