import type { CometdClient } from '../support/cometdClient.ts';
import {
  answerTo,
  connectPatiently,
  Heard,
  postForm,
  type Visitor,
  type VisitorOptions,
} from './loadVisitor.ts';

/** SIMULATION of a customer's page: Chat V1 over HTTP, with notifications over CometD. */
export class VisitorV1 implements Visitor {
  readonly #options: VisitorOptions;
  readonly #user: string;
  readonly #pushes: Heard<string>;
  #comet: CometdClient | undefined;
  #chat = '';

  constructor(options: VisitorOptions, user: string) {
    this.#options = options;
    this.#pushes = new Heard(options.patienceMs);
    this.#user = user;
  }

  async begin(): Promise<number> {
    this.#comet = await connectPatiently(this.#options, this.#user);
    this.#comet.cometd.addListener('/*', ({ data }) => this.#pushes.add(JSON.stringify(data)));
    const since = performance.now();
    const { _id: id } = await this.#post('/genesys/1/service/request-chat', {});
    this.#chat = `/genesys/1/service/${String(id)}/ixn/chat`;
    const fields = { firstName: this.#user, lastName: 'Simulated', subject: 'load', notify_by: 'comet' };
    await this.#post(this.#chat, fields);
    await this.#pushes.wanted((text) => text.includes('"Notice.Joined"') && text.includes('"AGENT"'));
    return performance.now() - since;
  }

  async ask(message: string): Promise<number> {
    const since = performance.now();
    const answered = this.#pushes.wanted((text) => text.includes(JSON.stringify(answerTo(message))));
    await Promise.all([answered, this.#post(`${this.#chat}/send`, { message })]);
    return performance.now() - since;
  }

  async end(): Promise<void> {
    await this.#post(`${this.#chat}/disconnect`, {});
  }

  async close(): Promise<void> {
    await this.#comet?.disconnect();
  }

  #post(
    path: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<{ readonly [field: string]: unknown }> {
    return postForm({ base: this.#options.base, user: this.#user }, path, fields);
  }
}
