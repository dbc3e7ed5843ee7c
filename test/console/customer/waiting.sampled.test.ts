import { expect } from 'chai';
import { CustomerCentre } from '../../support/customerCentre.ts';
import { sampleOf } from '../../support/runLength.ts';

const FORM = { _customer_number: '4082652649', firstName: 'James' };
const HOUR_MS = 3_600_000;
const TRANSPORTS = ['websocket', 'long-polling', 'polling'] as const;

describe('the wait of a customer', () => {
  let centre: CustomerCentre;

  beforeEach(async () => {
    centre = new CustomerCentre();
    await centre.start();
  });

  afterEach(() => centre.close());

  for (const transport of sampleOf(TRANSPORTS, 3)) {
    it(`shows the place, and the dialog when an agent is near: ${transport}`, async () => {
      const page = centre.page({ transport });
      page.begin(FORM);
      const { wait } = await centre.until(page, (state) => state.wait?.place !== undefined);
      expect(wait?.place).to.deep.equal({ position: 1, total: 1 });
      expect(wait?.dialog?.text).to.match(
        /^(We will notify you when agent is available|Agent is available right now)$/,
      );
      await centre.agent().put('ready');
      const near = await centre.until(page, (state) => state.wait?.dialog?.kind === 'menu');
      expect(near.wait?.dialog).to.deep.equal({
        kind: 'menu',
        text: 'Agent is available right now',
        groups: [
          {
            name: 'Are you ready?',
            items: [
              { label: "Yes, I'm ready to talk", request: 'connect' },
              { label: 'No, try again in 5 minutes', request: 'snooze' },
              { label: 'Cancel, my problem has been solved', request: 'cancel' },
            ],
          },
        ],
      });
    });
  }

  it('asks later when the customer chooses so, and again over a reload', async () => {
    await centre.agent().put('ready');
    const page = centre.page();
    page.begin(FORM);
    await centre.until(page, (state) => state.wait?.dialog?.kind === 'menu');
    await page.choose('snooze');
    expect(page.state.wait).to.deep.include({ isNear: false });
    expect(page.state.wait?.dialog?.text).to.equal('We will try again in 5 minutes');
    page.close();
    const second = centre.page();
    expect(second.state.wait?.dialog?.text).to.equal('We will try again in 5 minutes');
    await centre.until(second, (state) => state.wait?.dialog?.kind === 'menu', 3_000);
    await second.choose('cancel');
    expect(second.state).to.deep.include({ phase: 'over', reason: 'CANCELLED' });
  });

  it('cancels the wait', async () => {
    const page = centre.page();
    page.begin(FORM);
    await centre.until(page, ({ wait }) => wait?.place !== undefined);
    await page.cancel();
    expect(page.state).to.deep.include({ phase: 'over', reason: 'CANCELLED' });
  });

  it('tells that the callback was cancelled elsewhere', async () => {
    const page = centre.page();
    page.begin(FORM);
    const { wait } = await centre.until(page, (state) => state.wait?.place !== undefined);
    await fetch(`${centre.base}/genesys/1/service/callback/chat-delay/${wait?.serviceId}`, {
      method: 'DELETE',
    });
    const { reason } = await centre.until(page, ({ phase }) => phase === 'over');
    expect(reason).to.equal('CANCELLED');
  });

  it('plans a callback, moves it, and waits for it', async () => {
    const page = centre.page();
    const time = centre.now + 2 * HOUR_MS;
    page.begin({ ...FORM, _desired_time: new Date(time).toISOString() });
    await centre.until(page, ({ wait }) => wait !== undefined);
    expect(page.state.wait).to.deep.include({ scheduledFor: time });
    await page.reschedule(time - HOUR_MS);
    expect(page.state).to.deep.include({ phase: 'waiting' }).and.not.to.have.property('refusal');
    expect(page.state.wait).to.deep.include({ scheduledFor: time - HOUR_MS });
    const free = await page.freeTimes();
    expect(free.length).to.be.greaterThan(0);
    await page.cancel();
    expect(page.state).to.deep.include({ reason: 'CANCELLED' });
  });

  it('opens the chat of an immediate service at once', async () => {
    const page = centre.page({ service: { kind: 'callback', name: 'chat-immediate' } });
    page.begin(FORM);
    const { chat } = await centre.until(page, ({ phase }) => phase === 'chat');
    expect(chat).to.deep.include({ lines: [], isEnded: false });
  });

  it('shows the form again with the reason when the server refuses it', async () => {
    const page = centre.page();
    page.begin({ firstName: 'James' });
    const { phase, refusal } = await centre.until(page, (state) => state.refusal !== undefined);
    expect(phase).to.equal('form');
    expect(refusal).to.match(/_customer_number/);
  });

  it('sends the form when the server comes back, once', async () => {
    await centre.stop();
    const page = centre.page();
    page.begin(FORM);
    await centre.until(page, ({ isReached }) => !isReached);
    page.close();
    const second = centre.page();
    expect(second.state.phase).to.equal('starting');
    await centre.start();
    await centre.until(second, ({ wait }) => wait?.place !== undefined);
    const found = await fetch(
      `${centre.base}/genesys/1/service/callback/chat-delay?_customer_number=${FORM._customer_number}`,
    );
    expect(((await found.json()) as unknown[]).length).to.equal(1);
  });
});
