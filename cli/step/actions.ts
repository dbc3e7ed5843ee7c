import type { DocumentDebugger, Stop } from '../../engine/debugger/index.ts';
import { parseDelay } from '../../engine/interpreter/index.ts';
import type { FetchReply, Fields, OpenRequest, Stepper } from '../../engine/interpreter/stepper/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/** A line of the user is no command, or does not fit the session. The message says what was expected. */
export class NoSuchCommand extends Error {
  override readonly name = 'NoSuchCommand';
}

/** A session in the debugger. */
export interface Debugged {
  readonly stepper: Stepper;
  readonly debugger: DocumentDebugger;
}

type Act = (session: Debugged, words: string) => Stop | undefined;

/** Commands that act on the session, by name. `words`: the text after the name. */
export const ACTIONS: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['step', ({ debugger: d }) => d.microstep()],
  ['macro', ({ debugger: d }) => d.macrostep()],
  ['run', ({ debugger: d }) => d.run()],
  ['back', back],
  ['send', send],
  ['queue', queue],
  ['request', request],
  ['advance', advance],
  ['fire', fire],
  ['answer', answer],
  ['set', set],
  ['terminate', ({ debugger: d }, words) => d.runWith((s) => s.terminate(words || undefined))],
]);

function back({ debugger: d }: Debugged, words: string): undefined {
  d.back(words === '' ? 1 : Number(words));
}

function send({ debugger: d }: Debugged, words: string): Stop {
  const { name, data, facts } = eventOf(words);
  return d.runWith((s) => s.enqueue(name, data, facts));
}

function queue({ debugger: d }: Debugged, words: string): undefined {
  const { name, data, facts } = eventOf(words);
  d.queue((s) => s.enqueue(name, data, facts));
}

function request({ debugger: d }: Debugged, words: string): Stop {
  const { name, data } = eventOf(words);
  return d.runWith((s) => void s.enqueueRequest(name, data));
}

function advance({ debugger: d }: Debugged, words: string): Stop {
  const ms = parseDelay(words);
  if (ms === undefined) throw new NoSuchCommand(`Expected a time as 30s, 5m or 200ms, got '${words}'.`);
  return d.advance(ms);
}

function fire({ debugger: d, stepper }: Debugged, words: string): Stop {
  const { key } = numbered(stepper.timers, words, 'a timer');
  return d.runWith((s) => s.enqueueTimer(key));
}

/** answer N WAY: the ways are in HELP. */
function answer({ debugger: d, stepper }: Debugged, words: string): Stop {
  const [number, rest] = firstWord(words);
  const open = numbered(stepper.open, number, 'an open request');
  const give = answerOf(open, rest);
  return d.runWith((s) => give(s.enqueueAnswer(open.requestId)));
}

type Answering = ReturnType<Stepper['enqueueAnswer']>;

function answerOf(open: OpenRequest, words: string): (answering: Answering) => void {
  const [way, rest] = firstWord(words);
  switch (way) {
    case 'done':
      return (answering) => answering.done(fieldsOf(rest));
    case 'error':
      return (answering) => answering.error(fieldsOf(rest));
    case 'event': {
      const { name, data, facts } = eventOf(rest);
      return (answering) => answering.event(name, (data ?? {}) as Fields, facts);
    }
    default: {
      if (open.name !== 'session.fetch') {
        throw new NoSuchCommand(`Expected done, error or event as answer to ${open.name}, got '${way}'.`);
      }
      const reply = replyOf(way, rest);
      return (answering) => answering.reply(reply);
    }
  }
}

function replyOf(way: string, rest: string): FetchReply {
  switch (way) {
    case 'ok':
      return rest === '' ? {} : { json: json(rest) };
    case 'text':
      return { body: rest };
    case 'status': {
      const [code, body] = firstWord(rest);
      const status = Number(code);
      if (!(status >= 100 && status <= 599)) throw new NoSuchCommand(`Expected a status, got '${code}'.`);
      return body === '' ? { status } : { status, json: json(body) };
    }
    case 'unreachable':
    case 'timeout':
      return way;
    default:
      throw new NoSuchCommand(
        `Expected ok, text, status, unreachable, timeout, done, error or event, got '${way}'.`,
      );
  }
}

function set({ debugger: d }: Debugged, words: string): undefined {
  const at = words.indexOf('=');
  if (at < 1) throw new NoSuchCommand(`Expected LOCATION = JSON, got '${words}'.`);
  const value = json(words.slice(at + 1).trim());
  d.queue((s) => s.setData(words.slice(0, at).trim(), value));
}

/** NAME [DATA [with FACTS]] */
function eventOf(words: string): { readonly name: string; readonly data?: Json; readonly facts?: Json } {
  const [name, rest] = firstWord(words);
  if (name === '') throw new NoSuchCommand('Expected the name of an event, got none.');
  if (rest === '') return { name };
  const [data, facts] = rest.split(/\s+with\s+(?=[[{])/);
  return { name, data: json(data!), ...(facts !== undefined && { facts: json(facts) }) };
}

function fieldsOf(text: string): Fields {
  const fields = text === '' ? {} : json(text);
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Fields;
  throw new NoSuchCommand(`Expected a JSON object, got '${text}'.`);
}

/** The first word of a text, and the rest. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return [word, rest];
}

function numbered<T>(items: readonly T[], word: string, what: string): T {
  const found = items[Number(word) - 1];
  if (found !== undefined) return found;
  const range = items.length === 0 ? 'there is none' : `1 to ${items.length}`;
  throw new NoSuchCommand(`Expected the number of ${what} (${range}), got '${word}'.`);
}

function json(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new NoSuchCommand(`Expected JSON, got '${text}': ${(error as Error).message}`);
  }
}
