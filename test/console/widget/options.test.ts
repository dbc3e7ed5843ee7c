import { expect } from 'chai';
import { readOptions } from '../../../console/widget/options.ts';

const SRC = 'https://chat.example.com/widget/orsay-chat.js';
const PAGE = {
  language: 'de-AT',
  visitor: () => 'visitor-1',
  global: { token: async () => 'a.b.c', notOne: 7 },
};

function read(dataset: Readonly<Record<string, string>>): ReturnType<typeof readOptions> {
  return readOptions({ src: SRC, dataset }, PAGE);
}

describe('the attributes of the widget', () => {
  it('needs the name of a service alone', () => {
    const { fields, ...options } = read({ service: 'chat-delay' });
    expect(options).to.deep.equal({
      settings: {
        base: 'https://chat.example.com',
        identity: { kind: 'named', user: 'visitor-1' },
        service: { kind: 'callback', name: 'chat-delay' },
        transport: 'websocket',
      },
      offersTimes: false,
      language: 'de',
      label: '',
      isRemembered: false,
    });
    expect(fields.map(({ name, label }) => `${name}: ${label}`)).to.deep.equal([
      'firstName: Vorname',
      'lastName: Nachname',
      '_customer_number: Telefon',
      'subject: Ihre Frage',
    ]);
  });

  it('takes every attribute', () => {
    const fields = [
      { name: 'usr_topic', label: 'Topic', type: 'select', required: true, options: ['a', 'b'] },
    ];
    const options = read({
      chatService: 'customer-support',
      base: 'https://other.example.com/orsay/',
      language: 'en',
      label: 'Help',
      remember: 'browser',
      transport: 'polling',
      identity: 'gateway',
      fields: JSON.stringify(fields),
    });
    expect(options).to.deep.equal({
      settings: {
        base: 'https://other.example.com/orsay',
        identity: { kind: 'gateway' },
        service: { kind: 'chat', name: 'customer-support' },
        transport: 'polling',
      },
      fields: [
        {
          name: 'usr_topic',
          label: 'Topic',
          type: 'select',
          isRequired: true,
          options: ['a', 'b'],
          value: '',
        },
      ],
      offersTimes: false,
      language: 'en',
      label: 'Help',
      isRemembered: true,
    });
  });

  it('asks the page for a token', async () => {
    const { identity } = read({ service: 'x', identity: 'token', token: 'token' }).settings;
    expect(identity.kind === 'token' && (await identity.token())).to.equal('a.b.c');
  });

  for (const [dataset, expected] of [
    [{}, 'Expected data-service or data-chat-service, got none.'],
    [
      { service: 'x', transport: 'pigeon' },
      "Expected data-transport to be one of websocket, long-polling, polling, got 'pigeon'.",
    ],
    [
      { service: 'x', identity: 'magic' },
      "Expected data-identity to be visitor, gateway or token, got 'magic'.",
    ],
    [{ service: 'x', fields: '{}' }, 'Expected a list of at most 30 fields (MAX_FIELDS).'],
    [{ service: 'x', fields: '[{}]' }, "Expected each field to have a 'name'."],
    [
      { service: 'x', fields: '[{"name":"a","type":"file"}]' },
      "Expected the type of 'a' to be one of text, tel, email, textarea, select, hidden.",
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(dataset)}`, () => {
      expect(() => read(dataset)).to.throw(expected);
    });
  }
});
