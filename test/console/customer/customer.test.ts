import { expect } from 'chai';
import type { Customer, CustomerState, Settings } from '../../../console/customer/index.ts';
import { CustomerCentre } from '../../support/customerCentre.ts';

const FORM = {
  _customer_number: '4082652649',
  firstName: 'James',
  lastName: 'Bond',
  subject: 'billing',
  usr_reason: '<b>bill</b>',
};

/** Who said what, without the times. */
function said({ chat }: CustomerState): readonly string[] {
  return (chat?.lines ?? []).map(({ kind, party, text }) =>
    kind === 'message' ? `${party}: ${text}` : `${party} ${kind}`,
  );
}

describe('the client of a customer', () => {
  let centre: CustomerCentre;

  beforeEach(async () => {
    centre = new CustomerCentre();
    await centre.start();
  });

  afterEach(() => centre.close());

  /** From the form to the agent's first answer. */
  async function begin(
    settings: Partial<Settings>,
  ): Promise<{ readonly page: Customer; readonly ixn: string }> {
    const agent = centre.agent();
    await agent.put('ready', { nickname: 'Kristi' });
    const page = centre.page(settings);
    page.begin(FORM);
    if (settings.service?.kind !== 'chat') {
      await centre.until(page, ({ wait }) => wait?.dialog?.kind === 'menu');
      await page.choose('connect');
    }
    await centre.until(page, ({ phase }) => phase === 'chat');
    const ixn = await centre.accept(agent);
    await agent.post(ixn, 'message', { text: 'Hello' });
    await centre.until(page, (state) => said(state).includes('agent: Hello'));
    return { page, ixn };
  }

  function say(page: Customer, text: string): void {
    page.type(text);
    page.say();
  }

  const WAYS: readonly { readonly name: string; readonly settings: Partial<Settings> }[] = (
    ['callback', 'chat'] as const
  ).flatMap((kind) =>
    (['websocket', 'long-polling', 'polling'] as const).map((transport) => ({
      name: `${kind === 'callback' ? 'Chat V1' : 'Chat V2'} over ${transport}`,
      settings: {
        transport,
        service: { kind, name: kind === 'callback' ? 'chat-delay' : 'customer-support' },
      },
    })),
  );

  for (const { name, settings } of WAYS) {
    it(`loses and doubles no line over a reload and a restart: ${name}`, async () => {
      const { page, ixn } = await begin(settings);
      say(page, 'one');
      await centre.until(page, (state) => said(state).includes('customer: one'));
      page.type('half a sent');
      page.close();
      await centre.agent().post(ixn, 'message', { text: 'while away' });

      const second = centre.page(settings);
      expect(second.state.draft).to.equal('half a sent');
      say(second, 'two');
      await centre.until(second, (state) => said(state).includes('customer: two'));

      await centre.stop();
      say(second, 'three');
      say(second, 'four');
      await centre.until(second, ({ isReached }) => !isReached);
      expect(second.state.chat?.unsaid.map(({ text }) => text)).to.deep.equal(['three', 'four']);
      await centre.start();
      await centre.until(second, (state) => said(state).includes('customer: four'));
      await centre.agent().post(ixn, 'message', { text: 'Bye' });
      await centre.until(second, (state) => said(state).includes('agent: Bye'));
      await second.leave();

      expect(said(second.state)).to.deep.equal([
        'agent joined',
        'agent: Hello',
        'customer: one',
        'agent: while away',
        'customer: two',
        'customer: three',
        'customer: four',
        'agent: Bye',
      ]);
      expect(second.state.chat).to.deep.include({ unsaid: [], isEnded: true });
    });
  }
});
