import { CometD } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import { Arrivals } from './waiting.ts';

adapt();

export interface Push {
  readonly id: string;
  readonly tag: string;
  readonly message: { readonly [field: string]: unknown };
}

export type Reply = { readonly [field: string]: unknown };

/**
 * SIMULATION of a customer's mobile app. It uses the GMS API over HTTP and listens with the real CometD
 * client.
 */
export class SimulatedCustomer {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #pushes = new Arrivals<Push>();
  #cometd: CometD | undefined;
  serviceId = '';

  /** `headers`: of every request, where the name alone is not believed. */
  constructor(
    base: string,
    gmsUser: string,
    headers: Readonly<Record<string, string>> = { gms_user: gmsUser },
  ) {
    this.#base = base;
    this.#headers = headers;
  }

  /** Handshakes at /genesys/cometd and subscribes to /_genesys. */
  async listen(): Promise<void> {
    const cometd = new CometD();
    this.#cometd = cometd;
    cometd.unregisterTransport('websocket');
    cometd.configure({
      url: `${this.#base}/genesys/cometd`,
      requestHeaders: { ...this.#headers },
      logLevel: 'warn',
    });
    await new Promise<void>((resolve, reject) => {
      cometd.handshake((reply) => (reply.successful ? resolve() : reject(new Error(JSON.stringify(reply)))));
    });
    await new Promise<void>((resolve, reject) => {
      cometd.subscribe(
        '/_genesys',
        (message) => this.#pushes.add(message.data as Push),
        (reply) => (reply.successful ? resolve() : reject(new Error(JSON.stringify(reply)))),
      );
    });
  }

  nextPush(tagPrefix: string, accepts: (push: Push) => boolean = () => true): Promise<Push> {
    return this.#pushes.next((push) => push.tag.startsWith(tagPrefix) && accepts(push));
  }

  async create(service: string, fields: Record<string, string>): Promise<Reply> {
    const reply = await this.post(`/genesys/1/service/callback/${service}`, fields);
    this.serviceId = String(reply._id);
    return reply;
  }

  /** A request of the service instance: connect, check-queue-position, ixn/chat, ixn/chat/send ... */
  request(name: string, fields: Record<string, string> = {}): Promise<Reply> {
    return this.post(`/genesys/1/service/${this.serviceId}/${name}`, fields);
  }

  async post(path: string, fields: Record<string, string>): Promise<Reply> {
    const response = await fetch(`${this.#base}${path}`, {
      method: 'POST',
      headers: this.#headers,
      body: new URLSearchParams(fields),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Reply;
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, { headers: this.#headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#cometd) resolve();
      else this.#cometd.disconnect(() => resolve());
    });
  }
}
