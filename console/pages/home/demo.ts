import { signal } from '@preact/signals';
import { call } from '../../api/call.ts';
import { DemoCustomer } from './demoCustomer.ts';
import { homeTexts } from './homeTexts.ts';

/** The agent of the demonstration. They log out at its end. */
const AGENT = 'ConsoleDemo';
const TRY_EVERY_MS = 500;
const TRIES = 60;

export type Phase = 'none' | 'starting' | 'offered' | 'talking' | 'ended';

interface DemoState {
  readonly phase: Phase;
  /** Sentences about what happened. */
  readonly steps: readonly string[];
  readonly interactionId?: string;
}

const NONE: DemoState = { phase: 'none', steps: [] };

/** A delayed chat that the user plays. It stays when another page is opened meanwhile. */
export const demo = signal<DemoState>(NONE);

let customer: DemoCustomer | undefined;

/** The agent logs in, and the customer asks for a chat and opens it. Rejects when something is refused. */
export async function startDemo(): Promise<void> {
  const t = homeTexts();
  demo.value = { phase: 'starting', steps: [] };
  try {
    const json = { state: 'ready', groups: ['Billing'], media: ['chat'] } as const;
    await call('PUT /agent/1/agents/:agentId', { path: { agentId: AGENT }, json });
    told(t.agentReady(AGENT));
    customer = await DemoCustomer.ask();
    told(t.created);
    const asking = customer;
    await until(() => asking.mayOpen(), t.notOpened);
    await asking.open();
    told(t.opened);
    const interactionId = await until(() => offeredTo(asking.serviceId), t.notOffered);
    demo.value = { ...demo.value, phase: 'offered', interactionId };
    told(t.offered);
  } catch (error) {
    demo.value = { ...demo.value, phase: 'none' };
    throw error;
  }
}

export async function takeChat(): Promise<void> {
  const { interactionId: id } = demo.value;
  if (id === undefined) return;
  await call('POST /agent/1/interactions/:id/accept', { path: { id } });
  demo.value = { ...demo.value, phase: 'talking' };
  told(homeTexts().taken);
}

export async function say(who: 'customer' | 'agent', text: string): Promise<void> {
  const { interactionId: id = '' } = demo.value;
  if (who === 'customer') {
    await customer?.say(text);
    return;
  }
  await call('POST /agent/1/interactions/:id/message', { path: { id }, json: { text } });
}

/** The customer leaves, and the agent logs out. */
export async function endDemo(): Promise<void> {
  await customer?.leave();
  await call('PUT /agent/1/agents/:agentId', { path: { agentId: AGENT }, json: { state: 'loggedOut' } });
  demo.value = { ...demo.value, phase: 'ended' };
  told(homeTexts().ended);
}

async function offeredTo(serviceId: string): Promise<string | undefined> {
  const path = { agentId: AGENT };
  const all = await call('GET /agent/1/agents/:agentId/interactions', { path });
  return all.find((one) => one.serviceId === serviceId)?.interactionId;
}

function told(step: string): void {
  demo.value = { ...demo.value, steps: [...demo.value.steps, step] };
}

/** Tries until there is a result. Rejects with `failure` after some time. */
async function until<T>(attempt: () => Promise<T | undefined | false>, failure: string): Promise<T> {
  for (let left = TRIES; left > 0; left -= 1) {
    const found = await attempt();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
  throw new Error(failure);
}
