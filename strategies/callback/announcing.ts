import { readServiceId } from '../ids/index.ts';
import type { NotificationEvent } from '../notification/index.ts';
import type { Services } from './services.ts';

/** Tag by which a document tells its customer that an agent is available. gms-api 6.1. */
const AGENT_AVAILABLE = /^service\.agentavailable\.(.+)$/;

/**
 * Publishes an event. An event that announces an agent is stored in its service first, because the customer
 * may start the chat as soon as they get the notification.
 */
export function announcing<Event extends NotificationEvent>(
  publish: (event: Event) => Promise<void>,
  services: Pick<Services, 'announce'>,
): (event: Event) => Promise<void> {
  return async (event) => {
    const serviceId = readServiceId(AGENT_AVAILABLE.exec(event.tag)?.[1]);
    if (serviceId !== undefined) {
      await services.announce(serviceId);
    }
    await publish(event);
  };
}
