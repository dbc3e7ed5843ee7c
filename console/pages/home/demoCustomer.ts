import { ApiError } from '../../api/apiError.ts';
import { serverUrl } from '../../shell/address.ts';

/** The gms_user of the customer of the demonstration. */
const USER = 'console-demo';

/**
 * A customer of the service chat-delay. Its requests are those of an app of a customer: without the login of
 * the console.
 */
export class DemoCustomer {
  readonly serviceId: string;

  constructor(serviceId: string) {
    this.serviceId = serviceId;
  }

  /** Asks for a chat. */
  static async ask(): Promise<DemoCustomer> {
    const fields = { _customer_number: '4082652649', usr_reason: 'billing question' };
    const { _id } = await post('callback/chat-delay', fields);
    return new DemoCustomer(String(_id));
  }

  /** True when an agent is near: the customer may open the chat. */
  async mayOpen(): Promise<boolean> {
    const { _action } = await post(`${this.serviceId}/connect`, {});
    return _action === 'StartChat';
  }

  async open(): Promise<void> {
    await post(`${this.serviceId}/ixn/chat`, { firstName: 'James', subject: 'billing' });
  }

  async say(message: string): Promise<void> {
    await post(`${this.serviceId}/ixn/chat/refresh`, { transcriptPosition: '1', message });
  }

  async leave(): Promise<void> {
    await post(`${this.serviceId}/ixn/chat/disconnect`, {});
  }
}

async function post(
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const reply = await fetch(serverUrl(`/genesys/1/service/${path}`), {
    method: 'POST',
    headers: { gms_user: USER },
    body: new URLSearchParams(fields),
    credentials: 'omit',
  });
  const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
  if (!reply.ok) throw new ApiError(reply.status, body);
  return body;
}
