import { expect } from 'chai';
import type { Speaker } from './chatSpeaker.ts';
import { call, eventually, type Load, untilGone } from './load.ts';

/** An agent who has one chat, and repeats each message under its key until it is acknowledged. */
export class ChatAgentLoad implements Load, Speaker {
  readonly name: string;
  readonly acked = new Set<string>();
  readonly unknown = new Set<string>();
  #interactionId = '';
  #number = 1;

  constructor(name: string) {
    this.name = name;
  }

  async login(base: string): Promise<void> {
    const json = { state: 'ready', groups: ['Billing'], media: ['chat'] };
    const { status } = await call(`${base}/agent/1/agents/${this.name}`, { method: 'PUT', json });
    expect(status).to.equal(200);
  }

  async accept(base: string): Promise<void> {
    const { interactionId } = await eventually(
      () => `an offer to ${this.name}`,
      async () => (await this.#interactions(base)).find(({ state }) => state === 'offered'),
    );
    this.#interactionId = interactionId;
    await this.#post(base, 'accept', {}, 'accept');
  }

  work(base: string): Promise<void> {
    return untilGone(() => this.#say(base));
  }

  async check(base: string): Promise<void> {
    const found = await this.#interactions(base);
    expect(found).to.deep.include({ interactionId: this.#interactionId, state: 'active' });
  }

  /** The last kill left one message without a reply. */
  async finish(base: string): Promise<void> {
    await this.#say(base);
    await this.check(base);
  }

  async #say(base: string): Promise<void> {
    const text = `${this.name}:${this.#number}`;
    await this.#post(base, 'message', { text }, text);
    this.acked.add(text);
    this.#number += 1;
  }

  async #interactions(base: string): Promise<{ interactionId: string; state: string }[]> {
    const { body } = await call(`${base}/agent/1/agents/${this.name}/interactions`, { method: 'GET' });
    return (body as { interactionId: string; state: string }[]).map(({ interactionId, state }) => ({
      interactionId,
      state,
    }));
  }

  async #post(base: string, action: string, fields: object, key: string): Promise<void> {
    const url = `${base}/agent/1/interactions/${this.#interactionId}/${action}`;
    const { status, body } = await call(url, { json: { agentId: this.name, ...fields }, key });
    expect(status, JSON.stringify(body)).to.equal(200);
  }
}
