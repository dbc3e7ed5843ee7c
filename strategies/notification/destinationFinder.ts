import { defined } from '../../engine/ports/index.ts';
import type { CometChannel } from './cometChannel.ts';
import type { Destination, Outgoing } from './delivery.ts';
import { eachOnce } from './destinations.ts';
import { NotificationError } from './errors.ts';
import type { NotificationLimits } from './limits.ts';
import { pushServiceOf } from './mobilePush.ts';
import {
  MediaType,
  type NotificationDetails,
  NotificationType,
  type Resend,
  type SubscriptionId,
} from './notificationRequests.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

/** The device that an event itself names, and its provider. */
export interface OwnDestination {
  readonly details?: NotificationDetails;
  readonly providerName?: string;
  /** Gets the event while the CometD client of `details` is not connected. */
  readonly whenAway?: SubscriptionId;
  /** Only `whenAway` gets the event. */
  readonly awayOnly?: true;
  /** No subscription gets the event. */
  readonly direct?: true;
  readonly holder?: string;
  readonly resend?: Resend;
}

/** Finds who gets an event. */
export class DestinationFinder {
  readonly #subscriptions: Subscriptions;
  readonly #comet: CometChannel;
  readonly #limits: NotificationLimits;

  constructor(deps: {
    readonly subscriptions: Subscriptions;
    readonly comet: CometChannel;
    readonly limits: NotificationLimits;
  }) {
    this.#subscriptions = deps.subscriptions;
    this.#comet = deps.comet;
    this.#limits = deps.limits;
  }

  /** The destinations of the matching subscriptions and of the event itself. Throws QUOTA_EXCEEDED. */
  find(event: Outgoing, own: OwnDestination): readonly Destination[] {
    const { deliveriesOfPublish } = this.#limits;
    const { tag } = event;
    const found = eachOnce(this.#found(event, own), deliveriesOfPublish);
    if (found.length <= deliveriesOfPublish) return found;
    throw new NotificationError(
      'QUOTA_EXCEEDED',
      `'${tag}' has more destinations than limits.notifications.deliveriesOfPublish (${deliveriesOfPublish}).`,
    );
  }

  *#found({ tag, mediaType }: Outgoing, own: OwnDestination): Iterable<Destination> {
    const matching = own.direct === true || own.awayOnly === true ? [] : this.#subscriptions.matching(tag);
    for (const subscription of [...matching, ...this.#insteadOf(own)]) {
      const { id, notificationDetails: details, authorization } = subscription;
      const isMobile = pushServiceOf(details.type) !== undefined;
      const mayBeGone = isMobile || details.type === NotificationType.ORS_CALLBACK;
      yield {
        details,
        ...defined({
          authorization,
          language: mediaType === MediaType.LOCALIZED ? subscription.language : undefined,
          providerName: isMobile ? (subscription.providerName ?? own.providerName) : undefined,
          subscriptions: mayBeGone ? [id] : undefined,
        }),
      };
    }
    const { details, providerName, holder, resend } = own;
    if (details && own.awayOnly !== true) yield { details, ...defined({ providerName, holder, resend }) };
  }

  /** The subscription that stands in for a CometD client who is not connected. */
  #insteadOf({ details, whenAway }: OwnDestination): readonly Subscription[] {
    const subscription = whenAway && this.#subscriptions.get(whenAway);
    if (subscription === undefined || details?.type !== NotificationType.COMET) return [];
    return this.#comet.isActive(details.deviceId) ? [] : [subscription];
  }
}
