import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOSTILE = '<img src=x onerror="document.title=1">';
const WAITING = 3;

describeInBrowser('the page of a supervisor', (browser) => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;

  beforeEach(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      options: { _urs_virtual_queue: HOSTILE },
      change(config) {
        const passwordHash = hashPassword('secret');
        Object.assign(config, {
          users: {
            sue: { role: 'supervisor', passwordHash },
            kate: { role: 'agent', agentId: 'Kate', passwordHash },
            olga: { role: 'administrator', passwordHash },
          },
        });
      },
    });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
  });
  afterEach(() => orsay.close());

  const as = (user: string): Readonly<Record<string, string>> => ({
    Authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`,
    'Content-Type': 'application/json',
  });
  const send = async (user: string, method: string, path: string, json?: unknown): Promise<unknown> => {
    const body = json === undefined ? null : JSON.stringify(json);
    const reply = await fetch(`${orsay.base}${path}`, { method, headers: as(user), body });
    expect(reply.status, path).to.equal(200);
    return reply.json();
  };
  const open = async (user: string, path: string) => {
    const page = await browser.open(`${orsay.base}/console/${path}`);
    await page.getByLabel('User').fill(user);
    await page.getByLabel('Password').fill('secret');
    await page.keyboard.press('Enter');
    return page;
  };

  /** A chat of the customer with Kate. Returns its interaction. */
  async function chat(): Promise<string> {
    const groups = ['Billing'];
    await send('olga', 'PUT', '/agent/1/agents/Kate', { state: 'ready', groups, media: ['chat'] });
    await customer.create('chat-delay', { _customer_number: '4082652649' });
    await customer.request('check-queue-position');
    await customer.request('connect');
    await customer.request('ixn/chat', { firstName: 'James', subject: HOSTILE });
    await orsay.durable.idle();
    const [offer] = (await send('kate', 'GET', '/agent/1/agents/Kate/interactions')) as {
      interactionId: string;
    }[];
    const { interactionId } = offer!;
    await send('kate', 'POST', `/agent/1/interactions/${interactionId}/accept`, {});
    await customer.request('ixn/chat/send', { message: HOSTILE });
    return interactionId;
  }

  it('shows queues with their calls, and agents with their day', async () => {
    await send('olga', 'PUT', '/agent/1/agents/Liz', {
      state: 'notReady',
      media: ['chat'],
      groups: [HOSTILE],
    });
    for (let at = 0; at < WAITING; at += 1) {
      await new SimulatedCustomer(orsay.base, `c${at}`).create('chat-delay', {
        _customer_number: `408265264${at}`,
      });
    }
    await orsay.advance(600_000);
    const page = await open('sue', 'supervisor');
    await page.getByRole('table', { name: 'Queues' }).getByText(HOSTILE).first().waitFor();
    await page.getByRole('img', { name: /^Liz today: .*not ready 10 min/ }).waitFor();
    await page.getByRole('button', { name: /^not ready 1/ }).click();
    expect(new URL(page.url()).searchParams.get('state')).to.equal('notReady');
    await expectAccessible(page);
    await takePictures(page, 'supervisor');
    await page.getByRole('button', { name: new RegExp(`^${WAITING}\\. Show`) }).click();
    await page.getByRole('dialog').getByRole('row').nth(WAITING).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'supervisor-calls');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^0 \/ 0\. Show the agents/ }).click();
    await page.getByRole('dialog').getByText('No agent who is logged in').waitFor();
    await expectAccessible(page);
    expect(await page.title()).to.equal('Supervisor – Orsay');
  });

  it('watches a chat unseen, whispers, joins and leaves', async () => {
    const id = await chat();
    const page = await open('sue', 'supervisor');
    await page.getByRole('button', { name: /^busy 1/ }).click();
    const agents = page.getByRole('table', { name: 'Agents' });
    await agents.getByText('Kate').waitFor();
    expect(await agents.getByText('Liz').count()).to.equal(0);
    await page.getByRole('button', { name: 'Watch: Chat of Kate' }).click();
    const words = page.getByRole('log', { name: 'Words of the chat' });
    await words.getByText(HOSTILE).waitFor();
    await page.getByText('Nobody sees you.').waitFor();
    await page.getByRole('button', { name: 'Monitor unseen' }).click();
    await page.getByLabel('Whisper to the agent').fill('Offer a voucher');
    await page.keyboard.press('Enter');
    await words.getByText('Offer a voucher').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'supervisor-chat');
    const seen = async (): Promise<string> =>
      JSON.stringify(await customer.request('ixn/chat/refresh', { transcriptPosition: '1' }));
    expect(await seen()).not.to.include('Offer a voucher');
    const read = JSON.stringify(await send('kate', 'GET', `/agent/1/interactions/${id}`));
    expect(read).to.include('Offer a voucher');

    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByLabel('Message to everybody').fill('I am the manager');
    await page.keyboard.press('Enter');
    await words.getByText('I am the manager').waitFor();
    expect(await seen()).to.include('I am the manager');
    await customer.request('ixn/chat/send', { message: 'thank you' });
    await words.getByText('thank you').waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByText('Nobody sees you.').waitFor();
    expect(await page.locator('dialog img').count()).to.equal(0);
  });

  it('is not there for an agent', async () => {
    const page = await open('kate', '');
    await page.getByRole('link', { name: 'Desktop' }).waitFor();
    expect(await page.getByRole('link', { name: 'Supervisor' }).count()).to.equal(0);
    for (const path of [
      'queues',
      'queues/calls?queue=x',
      'queues/agents?queue=x',
      'agents/Kate/states',
      'warnings',
    ]) {
      const reply = await fetch(`${orsay.base}/genesys/1/admin/${path}`, { headers: as('kate') });
      expect(reply.status, path).to.equal(403);
    }
  });
});
