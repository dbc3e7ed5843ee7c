import { assertNever } from '../ports/index.ts';
import type { Expected, TextPattern } from '../scenario/index.ts';
import type { Found } from './findings.ts';
import type { Model } from './model.ts';
import { nameOf } from './outside.ts';
import type { RequestPattern } from './surroundings.ts';
import type { Step, Way } from './way.ts';

type Alternative = Omit<Expected, 'any'>;

/** An expectation at the end of the moves, which fails while the fault is there and holds without it. */
export function expectedBy(model: Model, way: Way): Expected {
  const { found, steps, configuration } = way;
  const { kind, key, subject = '' } = found;
  switch (kind) {
    case 'unhandledError':
      return { noLines: [{ $matches: '^log error\\.\\S+: Not handled' }] };
    case 'fault':
      return { noLines: [{ $matches: '^error error\\.(illegal|script|execution)' }] };
    case 'failed':
    case 'restless':
      return { any: [{ status: 'running' }, { status: 'completed' }] };
    case 'deadEnd':
      return { notIn: configuration.slice(-1) };
    case 'unanswered':
      return { replies: Object.fromEntries(askedIn(model, steps).map((name) => [name, {}])) };
    case 'answeredTwice':
      return key === ''
        ? { answered: { [subject]: 1 } }
        : { noLines: [{ $matches: `^answer ${escaped(subject)}( |$)` }] };
    case 'timerOutlives':
      return key.endsWith(' twice')
        ? { any: [{ timers: { [subject]: 0 } }, { timers: { [subject]: 1 } }] }
        : { notIgnored: [subject] };
    case 'notGivenBack':
      return { any: [{ status: 'running' }, givenBack(model, steps, subject)] };
    case 'property':
      return propertyHolds(model, way);
    default:
      return assertNever(kind);
  }
}

function askedIn({ surroundings }: Model, steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ move, outside }) =>
    move.kind === 'event' && surroundings.events[move.row]!.kind === 'request'
      ? [`request-${outside.askCount + 1}`]
      : [],
  );
}

function propertyHolds({ surroundings }: Model, { found, configuration }: Way): Expected {
  const property = surroundings.properties.find(({ name }) => name === found.key)!;
  switch (property.kind) {
    case 'invariant':
    case 'never':
      return { data: { [property.condition]: property.kind === 'invariant' } };
    case 'eventually':
      return { any: [...otherEnd(found, configuration), { eventually: [property.condition] }] };
    case 'leadsTo': {
      const { condition: after, to } = property;
      return { any: [...otherEnd(found, configuration), { leadsTo: [{ after, to }] }] };
    }
    default:
      return assertNever(property);
  }
}

/** A document that goes on where a property was missed may still have time. */
function otherEnd({ end }: Found, configuration: readonly string[]): readonly Alternative[] {
  if (end === 'ended') return [{ status: 'running' }];
  return end === 'stuck' ? [{ notIn: configuration.slice(-1) }] : [];
}

/** Lines that show that the document has an interaction, or a thing, and then gives it back. */
function givenBack(model: Model, steps: readonly Step[], subject: string): Alternative {
  const chat = model.chatIds.indexOf(subject);
  if (chat >= 0) return { sequence: [...arrivals(model, steps, chat), leaving(subject)] };
  const { takenBy, givenBackBy } = model.surroundings.held.find(({ name }) => name === subject)!;
  const times = steps.filter(
    ({ move, outside }) =>
      (move.kind === 'done' || (move.kind === 'reply' && move.good)) &&
      model.fits(takenBy, outside.open[move.request]!.effect),
  ).length;
  const back = { $matches: givenBackBy.map((pattern) => `^${lineOf(pattern)}`).join('|') };
  return { sequence: [{ $matches: `^${lineOf(takenBy)}` }, ...new Array<TextPattern>(times).fill(back)] };
}

/** The events after each of which the interaction is with the document. */
function arrivals(model: Model, steps: readonly Step[], chat: number): readonly TextPattern[] {
  const id = model.chatIds[chat]!;
  return steps.flatMap(({ move, outside }): readonly TextPattern[] => {
    if (move.kind === 'chat' && move.chat === chat && move.does === 'comes') {
      return [came('interaction.added')];
    }
    if (move.kind !== 'error') return [];
    const { effect } = outside.open[move.request]!;
    return effect.attributes.interactionid === id ? [came(`error.${nameOf(effect)}`)] : [];
  });
}

function came(event: string): TextPattern {
  return `event ${event}`;
}

/** A request that gives an interaction to somebody else, or ends it. */
function leaving(id: string): TextPattern {
  const text = escaped(JSON.stringify({ interactionid: id }).slice(1, -1));
  return { $matches: `^(interaction\\.(redirect|terminate|associate)|queue\\.submit) .*${text}` };
}

function lineOf(pattern: RequestPattern & { readonly done?: boolean }): string {
  if ('module' in pattern) return escaped(pattern.done ? `event ${pattern.module}.done` : pattern.module);
  return `fetch ${pattern.method?.toUpperCase() ?? '\\w+'} \\S*${escaped(pattern.fetch)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
