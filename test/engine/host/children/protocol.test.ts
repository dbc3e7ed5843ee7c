import { expect } from 'chai';
import {
  type AskedRequest,
  checkAnswer,
  type SessionFacts,
} from '../../../../engine/host/children/checkAnswer.ts';
import { ProtocolBreach, parseMessage } from '../../../../engine/host/children/checks.ts';
import { FrameReader, FrameTooLarge, frameOf } from '../../../../engine/host/children/frames.ts';
import { asId } from '../../../support/ids.ts';
import { rawFrame } from '../../../support/rawFrame.ts';

const SESSION: SessionFacts = { sessionId: asId('S'), states: new Set(['s']) };
const SENT: AskedRequest = { number: 7, kind: 'step', restores: true };
const SNAPSHOT = 'anything at all';

function answer(changes: object, outcome: object = {}): object {
  return {
    kind: 'stepped',
    request: 7,
    outcome: { status: 'running', effects: [], more: false, ...outcome },
    configuration: ['s'],
    snapshot: SNAPSHOT,
    ...changes,
  };
}

function effect(given: object): object {
  return answer({}, { effects: [given] });
}

const invoke = {
  kind: 'invoke',
  key: 'e1',
  invokeId: 'i',
  type: 'scxml',
  baseUrl: 'http://a/',
  params: {},
  src: 'http://a/b',
};
const send = { kind: 'send', key: 'e1', type: 'scxml', target: 'T', event: { name: 'e' } };
const module = {
  kind: 'module',
  key: 'e1',
  module: 'ws',
  action: 'a',
  requestId: 'r',
  attributes: {},
  params: {},
  children: [],
};

const GOOD: readonly object[] = [
  answer({}),
  effect(send),
  effect({ ...invoke, invokedId: 'S~e1' }),
  effect({ ...module, children: [{ name: 'c', attributes: {}, params: {}, children: [] }] }),
  effect({ kind: 'arm', key: 't', dueAt: 1 }),
  effect({ kind: 'disarm', key: 't' }),
  effect({ kind: 'uninvoke', key: 'e', invokeId: 'i', invokedId: 'S~e1' }),
  effect({ kind: 'respond', requestId: 'r', positive: true, body: null }),
  effect({ kind: 'log', text: 'x', label: 'y' }),
  answer({ snapshot: undefined, data: {} }, { status: 'completed' }),
  { kind: 'thrown', request: 7, message: 'x' },
  { kind: 'notRestored', request: 7, message: 'x' },
  { kind: 'tooLarge', request: 7, chars: 9 },
  { kind: 'asks', request: 7, questions: [{ object: 'G@.GA', statistic: 'StatAgentsTotal' }] },
];

const BREACHES: readonly (readonly [what: string, message: unknown])[] = [
  ['nothing', null],
  ['another request', answer({ request: 8 })],
  ['an unknown kind', answer({ kind: 'shutdown' })],
  ['data where a step was asked', { kind: 'data', request: 7, data: 1 }],
  ['an unknown status', answer({}, { status: 'winning' })],
  ['no effects', answer({}, { effects: undefined })],
  ['too many effects', answer({}, { effects: new Array(20_001).fill({ kind: 'log', text: '' }) })],
  ['a state that the document does not have', answer({ configuration: ['t'] })],
  ['more states than the document has', answer({ configuration: ['s', 's'] })],
  ['no snapshot', answer({ snapshot: undefined })],
  ['a snapshot that is no text', answer({ snapshot: { a: 1 } })],
  ['a snapshot of a session that has ended', answer({ data: {} }, { status: 'completed' })],
  ['an unknown effect', effect({ kind: 'exec', command: 'rm' })],
  ['an effect by the name of a method', effect({ kind: 'constructor' })],
  ['the child of another session', effect({ ...invoke, invokedId: 'T~e1' })],
  ['the end of another session', effect({ kind: 'uninvoke', key: 'e', invokeId: 'i', invokedId: 'T' })],
  ['an invoke of nothing', effect({ ...invoke, src: undefined, invokedId: 'S~e1' })],
  ['an invoke of no URL', effect({ ...invoke, src: 'b', invokedId: 'S~e1' })],
  ['a key that is no text', effect({ ...send, key: { toString: 1 } })],
  ['a key without end', effect({ ...send, key: 'k'.repeat(5_000) })],
  ['an event without a name', effect({ ...send, event: {} })],
  ['a time that is none', effect({ kind: 'arm', key: 't', dueAt: 'soon' })],
  ['a module without parameters', effect({ ...module, params: undefined })],
  ['a reason that is no text', answer({}, { status: 'failed', reason: { a: 1 } })],
  ['a failed restore without end', { kind: 'notRestored', request: 7, message: 'x'.repeat(3_000) }],
  ['questions in an outcome', answer({}, { asks: [{ object: 'G@.GA', statistic: 'S' }] })],
  ['no questions', { kind: 'asks', request: 7, questions: [] }],
  ['questions that are no list', { kind: 'asks', request: 7, questions: 'G@.GA' }],
  [
    'too many questions',
    { kind: 'asks', request: 7, questions: Array(101).fill({ object: 'G@.GA', statistic: 'S' }) },
  ],
  ['a question without a statistic', { kind: 'asks', request: 7, questions: [{ object: 'G@.GA' }] }],
  [
    'a question without end',
    { kind: 'asks', request: 7, questions: [{ object: 'x'.repeat(5_000), statistic: 'S' }] },
  ],
  ['a fault without end', { kind: 'thrown', request: 7, message: 'x'.repeat(3_000) }],
];

describe('The protocol between the server and its engine children', () => {
  it('reads whole frames from chunks of any size', () => {
    const messages = [
      { json: '[]', text: '' },
      { json: '["ä€𝄞"]', text: 'ä€\n𝄞' },
      { json: `["${'x'.repeat(70_000)}"]`, text: '' },
      { json: '', text: '' },
      { json: '[1]', text: 'x'.repeat(20_000) },
    ];
    const bytes = Buffer.concat(
      messages.flatMap(({ json, text }) =>
        frameOf(text === '' ? { json } : { json, text: Buffer.from(text) }),
      ),
    );
    const raw = messages.map(({ json, text }) => rawFrame(text === '' ? json : `${json}\n${text}`));
    expect(bytes).to.deep.equal(Buffer.concat(raw));
    for (const size of [1, 3, 1_000, 70_020, bytes.length]) {
      const reader = new FrameReader(100_000);
      const seen: typeof messages = [];
      for (let at = 0; at < bytes.length; at += size) {
        const read = reader.read(bytes.subarray(at, at + size));
        seen.push(...read.map(({ json, text }) => ({ json, text: text.toString('utf8') })));
      }
      expect(seen).to.deep.equal(messages);
    }
  });

  it('refuses a frame over the limit after reading its header', () => {
    const reader = new FrameReader(10);
    expect(() => reader.read(rawFrame('x'.repeat(11)).subarray(0, 4))).to.throw(FrameTooLarge);
  });

  it('accepts the answers of the engine', () => {
    for (const message of GOOD) {
      expect(checkAnswer(message, { session: SESSION, sent: SENT })).to.equal(message);
    }
  });

  for (const [what, message] of BREACHES) {
    it(`treats a child as hostile that answers with ${what}`, () => {
      expect(() => checkAnswer(message, { session: SESSION, sent: SENT })).to.throw(ProtocolBreach);
    });
  }

  it('refuses a failed restore that was not requested', () => {
    const message = { kind: 'notRestored', request: 7, message: 'x' };
    const sent = { ...SENT, restores: false };
    expect(() => checkAnswer(message, { session: SESSION, sent })).to.throw(ProtocolBreach);
  });

  it('checks the timers that a debugger is shown', () => {
    const timer = { session: 'S', key: 't', event: 'late', sendid: 's1', dueAt: 1 };
    const inspected = (timers: unknown) => ({
      kind: 'inspected',
      request: 7,
      inspected: { states: [], timers, lines: [], values: [], placed: [] },
    });
    const sent = { ...SENT, kind: 'inspect' as const };
    const good = inspected([timer]);
    expect(checkAnswer(good, { session: SESSION, sent })).to.equal(good);
    for (const timers of [
      undefined,
      [null],
      [{ ...timer, dueAt: 1e300 }],
      [{ ...timer, dueAt: '1' }],
      [{ ...timer, event: {} }],
    ]) {
      expect(() => checkAnswer(inspected(timers), { session: SESSION, sent })).to.throw(ProtocolBreach);
    }
  });

  it('passes no key __proto__, in any spelling', () => {
    const [plain, written] = parseMessage(
      '[{"a":{"__proto__":{"x":1}}},{"\\u005f_proto__":{"x":1},"b":1}]',
    ) as object[];
    expect(JSON.stringify([plain, written])).to.equal('[{"a":{}},{"b":1}]');
    expect(Object.hasOwn(written!, '__proto__')).to.equal(false);
  });
});
