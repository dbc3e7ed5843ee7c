import type { NotificationEvent } from '../notification/index.ts';
import type { Services } from './services.ts';

/** The tag under which a document tells its customer that an agent is there. gms-api 6.1. */
const AGENT_AVAILABLE = /^service\.agentavailable\.(.+)$/;

/**
 * Notes in the service that its agent is being announced, and only then publishes: whoever reads the
 * notification may begin the chat at once.
 */
export function announcing<Event extends NotificationEvent>(
  publish: (event: Event) => Promise<void>,
  services: Pick<Services, 'announce'>,
): (event: Event) => Promise<void> {
  return async (event) => {
    const serviceId = AGENT_AVAILABLE.exec(event.tag)?.[1];
    if (serviceId !== undefined) {
      await services.announce(serviceId);
    }
    await publish(event);
  };
}
