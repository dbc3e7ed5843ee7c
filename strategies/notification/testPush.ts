import { defined, type Ids, type Json } from '../../engine/ports/index.ts';
import { checkEvent, deviceProblem, requireEnabled } from './checkRequest.ts';
import { NotificationError } from './errors.ts';
import { isDebugOf, type MobilePush, type PushResult, pushServiceOf } from './mobilePush.ts';
import type { NotificationDetails } from './notificationRequests.ts';
import type { PushOptions } from './pushOptions.ts';

/** The tag of test notifications, by which sections of events may give them a look. */
const TEST_TAG = 'test';

/** A notification for one device, to try a connection. */
export interface TestPush {
  readonly details: NotificationDetails;
  /** Undefined: the connection of the section push. */
  readonly providerName?: string;
  readonly message: Json;
  readonly properties?: PushOptions;
  /** As SubscriptionRequest.authorization. */
  readonly authorization?: string;
}

/**
 * Sends a notification once, and tells what the push service said. No subscription ends by it. Rejects with
 * NotificationError EVENT_INVALID or TYPE_NOT_ENABLED.
 */
export async function sendTestPush(
  { details, providerName, message, properties = {}, authorization }: TestPush,
  { push, ids }: { readonly push: MobilePush; readonly ids: Pick<Ids, 'hex'> },
): Promise<PushResult> {
  if (pushServiceOf(details.type) === undefined) {
    const known = push.enabled.filter((type) => pushServiceOf(type) !== undefined);
    const expected = known.length === 0 ? 'no one is enabled' : known.join(', ');
    throw new NotificationError(
      'EVENT_INVALID',
      `Expected 'type' to be that of a device with a push service (${expected}), got '${details.type}'.`,
    );
  }
  checkEvent(
    { tag: TEST_TAG, message, properties, notificationDetails: details, ...defined({ providerName }) },
    push,
  );
  requireEnabled(details.type, push);
  const chosen = push.connectionOf(details, providerName);
  if (chosen === undefined) {
    throw new NotificationError('TYPE_NOT_ENABLED', deviceProblem(details, providerName, push) ?? '');
  }
  const options = push.optionsOf({
    tag: TEST_TAG,
    provider: providerName,
    isDebug: isDebugOf(details),
    given: properties,
  });
  const { deviceId } = details;
  return chosen.connection.send({
    id: ids.hex(32),
    deviceId,
    message,
    options,
    ...defined({ authorization }),
  });
}
