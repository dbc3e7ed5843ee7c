import { expect } from 'chai';
import {
  type AskedAbout,
  checkAnswer,
  ProtocolBreach,
  parseFrame,
  type SentCall,
} from '../../../../engine/host/children/checkAnswer.ts';
import {
  createFrameReader,
  createFrameWriter,
  createKeptTexts,
  FrameTooLarge,
} from '../../../../engine/host/children/frames.ts';
import { rawFrame } from '../../../support/rawFrame.ts';

const ASKED: AskedAbout = {
  sessionId: 'S',
  documentHash: 'abc',
  states: new Map([['s', 1]]),
};
const SENT: SentCall = { number: 7, kind: 'step', restores: true };
const SNAPSHOT = 'anything at all';
/** What stands behind the messages. */
const behind = () => createKeptTexts(Buffer.from(SNAPSHOT));

function answer(changes: object, outcome: object = {}): object {
  return {
    kind: 'stepped',
    call: 7,
    outcome: { status: 'running', effects: [], more: false, ...outcome },
    configuration: ['s'],
    snapshotBytes: SNAPSHOT.length,
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
  effect({ ...invoke, childId: 'S~e1' }),
  effect({ ...module, children: [{ name: 'c', attributes: {}, params: {}, children: [] }] }),
  effect({ kind: 'arm', key: 't', dueAt: 1 }),
  effect({ kind: 'disarm', key: 't' }),
  effect({ kind: 'uninvoke', key: 'e', invokeId: 'i', childId: 'S~e1' }),
  effect({ kind: 'respond', requestId: 'r', positive: true, body: null }),
  effect({ kind: 'log', text: 'x', label: 'y' }),
  answer({ snapshotBytes: undefined, data: {} }, { status: 'completed' }),
  { kind: 'thrown', call: 7, message: 'x' },
  { kind: 'notRestored', call: 7, message: 'x' },
  { kind: 'tooLarge', call: 7, chars: 9 },
];

const BREACHES: readonly (readonly [what: string, message: unknown])[] = [
  ['nothing', null],
  ['another call', answer({ call: 8 })],
  ['an unknown kind', answer({ kind: 'shutdown' })],
  ['data where a step was asked', { kind: 'data', call: 7, data: 1 }],
  ['an unknown status', answer({}, { status: 'winning' })],
  ['no effects', answer({}, { effects: undefined })],
  ['too many effects', answer({}, { effects: new Array(20_001).fill({ kind: 'log', text: '' }) })],
  ['a state that the document does not have', answer({ configuration: ['t'] })],
  ['more states than the document has', answer({ configuration: ['s', 's'] })],
  ['no snapshot', answer({ snapshotBytes: undefined })],
  ['more of a snapshot than there is', answer({ snapshotBytes: SNAPSHOT.length + 1 })],
  ['less than nothing of a snapshot', answer({ snapshotBytes: -1 })],
  ['a part of a byte of a snapshot', answer({ snapshotBytes: 0.5 })],
  ['a snapshot of no length', answer({ snapshotBytes: '9' })],
  ['an unknown effect', effect({ kind: 'exec', command: 'rm' })],
  ['an effect by the name of a method', effect({ kind: 'constructor' })],
  ['the child of another session', effect({ ...invoke, childId: 'T~e1' })],
  ['the end of another session', effect({ kind: 'uninvoke', key: 'e', invokeId: 'i', childId: 'T' })],
  ['an invoke of nothing', effect({ ...invoke, src: undefined, childId: 'S~e1' })],
  ['an invoke of no URL', effect({ ...invoke, src: 'b', childId: 'S~e1' })],
  ['a key that is no text', effect({ ...send, key: { toString: 1 } })],
  ['a key without end', effect({ ...send, key: 'k'.repeat(5_000) })],
  ['an event without a name', effect({ ...send, event: {} })],
  ['a time that is none', effect({ kind: 'arm', key: 't', dueAt: 'soon' })],
  ['a module without parameters', effect({ ...module, params: undefined })],
  ['a reason that is no text', answer({}, { status: 'failed', reason: { a: 1 } })],
  ['a failed restore without end', { kind: 'notRestored', call: 7, message: 'x'.repeat(3_000) }],
  ['a fault without end', { kind: 'thrown', call: 7, message: 'x'.repeat(3_000) }],
];

describe('Between the server and its engine children', () => {
  it('frames come whole, however they are cut, from memory that is used again', () => {
    const frames = [
      ['[]', ''],
      ['["ä€𝄞"]', 'ä€𝄞'],
      [`["${'x'.repeat(70_000)}"]`, 'y'.repeat(20_000)],
      ['[1]', ''],
    ] as const;
    const bytes = Buffer.concat(frames.map(([text, kept]) => rawFrame(text, kept)));
    for (const size of [1, 3, 1_000, 70_020, bytes.length]) {
      const read = createFrameReader(100_000);
      const memory = Buffer.alloc(size);
      const seen: [string, string][] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const length = bytes.copy(memory, 0, at, at + size);
        for (const { text, kept } of read(memory.subarray(0, length))) seen.push([text, kept.toString()]);
      }
      expect(seen).to.deep.equal(frames);
    }
  });

  it('frames are made of messages and what goes with them, none over one that is on its way', () => {
    const sent: { readonly frame: Uint8Array; readonly isSent: () => void }[] = [];
    const writer = createFrameWriter((frame, isSent) => sent.push({ frame, isSent }));
    const long = '€'.repeat(30_000);
    const send = (...added: readonly (readonly [string, string?])[]) => {
      for (const [message, kept] of added) writer.add(message, kept);
      writer.send();
    };
    const expected = [
      rawFrame('["ä",2,3]', 'first𝄞third'),
      rawFrame(`[${long}]`, long),
      rawFrame('[5]', 'x'),
      rawFrame('[6]'),
    ];
    send(['"ä"', 'first'], ['2'], ['3', '𝄞third']);
    writer.send();
    send([long, long]);
    expect(sent.map(({ frame }) => Buffer.from(frame))).to.deep.equal(expected.slice(0, 2));
    for (const { isSent } of sent) isSent();
    send(['5', 'x']);
    send(['6']);
    expect(sent.slice(2).map(({ frame }) => Buffer.from(frame))).to.deep.equal(expected.slice(2));
    expect(writer.chars).to.equal(0);
  });

  it('a frame over the limit is refused by its header', () => {
    const read = createFrameReader(10);
    expect(() => read(rawFrame('x'.repeat(11)).subarray(0, 8))).to.throw(FrameTooLarge);
  });

  it('answers as the engine gives them are taken', () => {
    for (const message of GOOD) {
      const { snapshotBytes, ...taken } = message as { snapshotBytes?: number };
      const snapshot = snapshotBytes === undefined ? {} : { snapshot: SNAPSHOT };
      expect(checkAnswer(message, { asked: ASKED, sent: SENT, kept: behind() })).to.deep.equal({
        ...taken,
        ...snapshot,
      });
    }
  });

  for (const [what, message] of BREACHES) {
    it(`a child that answers with ${what} is taken for hostile`, () => {
      expect(() => checkAnswer(message, { asked: ASKED, sent: SENT, kept: behind() })).to.throw(
        ProtocolBreach,
      );
    });
  }

  it('a restore that was not asked for cannot have failed', () => {
    const message = { kind: 'notRestored', call: 7, message: 'x' };
    const sent = { ...SENT, restores: false };
    expect(() => checkAnswer(message, { asked: ASKED, sent, kept: behind() })).to.throw(ProtocolBreach);
  });

  it('no key __proto__ comes through, however it is written', () => {
    const [plain, written] = parseFrame(
      '[{"a":{"__proto__":{"x":1}}},{"\\u005f_proto__":{"x":1},"b":1}]',
    ) as object[];
    expect(JSON.stringify([plain, written])).to.equal('[{"a":{}},{"b":1}]');
    expect(Object.hasOwn(written!, '__proto__')).to.equal(false);
  });
});
