import type { Json } from '../../engine/ports/index.ts';

/**
 * Every error of the HTTP API: the status, the class name that clients of the platform read (the documented
 * one, or `orsay.*` if none is documented), and the message that is used when the thrower has no more exact
 * one. Codes are stable, because clients may decide on them. docs/reference/errors.md is generated from this
 * table.
 */
export const WIRE_ERRORS = {
  // The request itself.
  BODY_MALFORMED: {
    status: 400,
    exception: 'orsay.BadRequestException',
    message: 'The request body could not be read.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    exception: 'orsay.BodyTooLargeException',
    message: 'The request body is too large.',
  },
  BODY_TYPE_UNSUPPORTED: {
    status: 415,
    exception: 'orsay.BodyTypeException',
    message: 'This URL does not accept the content type of the body.',
  },
  PARAMETER_MISSING: {
    status: 400,
    exception: 'orsay.BadRequestException',
    message: 'A mandatory parameter is missing.',
  },
  PARAMETER_INVALID: {
    status: 400,
    exception: 'orsay.BadRequestException',
    message: 'A parameter has a value that is not allowed.',
  },
  NOT_FOUND: {
    status: 404,
    exception: 'orsay.NotFoundException',
    message: 'There is nothing at this URL.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    exception: 'orsay.TooManyRequestsException',
    message: 'There are too many requests. Retry-After says when to try again.',
  },
  HOST_UNKNOWN: {
    status: 421,
    exception: 'orsay.HostException',
    message: 'The header Host does not name this server.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    exception: 'orsay.OriginException',
    message: 'Web pages of this origin may not use the server.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    exception: 'orsay.MethodNotAllowedException',
    message: 'This URL does not accept this method.',
  },
  CONFLICT: {
    status: 409,
    exception: 'orsay.ConflictException',
    message: 'The present state does not allow the request.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    exception: 'orsay.PreconditionException',
    message: 'If-Match or If-None-Match does not name the present state.',
  },
  UNAUTHORIZED: {
    status: 401,
    exception: 'orsay.UnauthorizedException',
    message: 'This URL requires the credentials of an administrator (HTTP Basic).',
  },
  FORBIDDEN: {
    status: 403,
    exception: 'orsay.ForbiddenException',
    message: 'The sender of the request may not use this URL.',
  },
  QUOTA_EXCEEDED: {
    status: 403,
    exception: 'orsay.QuotaException',
    message: 'The request would use more than a limit allows.',
  },
  REQUEST_TOO_SLOW: {
    status: 408,
    exception: 'orsay.RequestTooSlowException',
    message: 'The request did not arrive in time.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    exception: 'orsay.HeadersTooLargeException',
    message: 'The headers of the request are too large.',
  },
  SERVER_BUSY: {
    status: 503,
    exception: 'orsay.UnavailableException',
    message: 'The server has no room for the request at present.',
  },
  UNAVAILABLE: {
    status: 503,
    exception: 'orsay.UnavailableException',
    message: 'The server cannot do this at present.',
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    exception: 'orsay.UnavailableException',
    message:
      'The node that had the request no longer answers: it may have done it or not. With an Idempotency-Key the request can be repeated without a second effect.',
  },
  INTERNAL: {
    status: 500,
    exception: 'orsay.InternalException',
    message: 'The server failed to answer. Its log has the error.',
  },
  // Sessions (ORS).
  SESSION_NOT_FOUND: {
    status: 404,
    exception: 'orsay.SessionException',
    message: 'No such session, or it has ended.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    exception: 'orsay.SessionException',
    message: 'The session did not answer the request in time.',
  },
  SESSION_ENDED: {
    status: 410,
    exception: 'orsay.SessionException',
    message: 'The session ended without answering the request.',
  },
  SESSION_SET_ASIDE: {
    status: 503,
    exception: 'orsay.SessionException',
    message: 'The session could not be restored and is set aside.',
  },
  MAILBOX_FULL: {
    status: 503,
    exception: 'orsay.SessionException',
    message: 'Too many events wait for the session.',
  },
  DATA_TOO_DEEP: {
    status: 400,
    exception: 'orsay.BadRequestException',
    message: 'The data has more levels of arrays and objects than MAX_DATA_DEPTH.',
  },
  DOCUMENT_UNREACHABLE: {
    status: 400,
    exception: 'orsay.DocumentException',
    message: 'The document could not be read.',
  },
  DOCUMENT_INVALID: {
    status: 400,
    exception: 'orsay.DocumentException',
    message: 'The document has errors; `problems` lists them.',
  },
  DOCUMENT_TOO_COSTLY: {
    status: 400,
    exception: 'orsay.DocumentException',
    message: 'Reading the document takes more time or memory than allowed.',
  },
  DOCUMENT_BLOCKED: {
    status: 403,
    exception: 'orsay.DocumentException',
    message: 'An administrator has blocked the document.',
  },
  ENGINE_UNAVAILABLE: {
    status: 503,
    exception: 'orsay.EngineException',
    message: 'No engine child was available for the session; nothing was changed.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    exception: 'orsay.StoreException',
    message: 'The store did not accept the change; nothing was changed.',
  },
  STORE_DAMAGED: {
    status: 503,
    exception: 'orsay.StoreException',
    message: 'A record or a file of the store is not what was written.',
  },
  NEGATIVE_RESPONSE: {
    status: 500,
    exception: 'orsay.NegativeResponseException',
    message: 'The session answered the request negatively.',
  },
  // Services (GMS).
  SERVICE_UNKNOWN: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.ServiceNotFoundException',
    message: 'No service of this name is configured.',
  },
  SERVICE_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.ServiceNotFoundException',
    message: 'No service has this id, or it has expired.',
  },
  SERVICE_REQUEST_REFUSED: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.ServiceException',
    message: 'The service does not accept this request.',
  },
  STATISTIC_INVALID: {
    status: 403,
    exception: 'com.genesyslab.gsg.services.statistic.StatisticException',
    message: 'The statistic is not well defined.',
  },
  STATISTIC_UNKNOWN: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.statistic.StatisticException',
    message: 'One of the statistics is not defined.',
  },
  STATISTIC_UNAVAILABLE: {
    status: 500,
    exception: 'com.genesyslab.gsg.services.statistic.StatisticException',
    message: 'Statistic Service unavailable',
  },
  SERVICE_NO_MATCH: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.ServiceNotFoundException',
    message: 'No service matches the call.',
  },
  ACCESS_UNAVAILABLE: {
    status: 503,
    exception: 'com.genesyslab.gsg.services.ServiceException',
    message: 'All access numbers are booked.',
  },
  SERVICE_MISCONFIGURED: {
    status: 500,
    exception: 'com.genesyslab.gsg.services.ServiceConfigurationException',
    message: 'The configuration of the service does not allow this request.',
  },
  ORS_REQUEST_FAILED: {
    status: 500,
    exception: 'com.genesyslab.gsg.services.ors.OrsServiceException',
    message: 'ORS request failed.',
  },
  CALLBACK_NOT_FOUND: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackException',
    message: 'No such callback request.',
  },
  CALLBACK_INVALID: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
    message: 'The callback request is not valid.',
  },
  CALLBACK_OPERATION_INVALID: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
    message: 'The callback request does not allow this operation in its present state.',
  },
  CALLBACK_NUMBER_INVALID: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionNumber',
    message: 'The service takes no callbacks to this number.',
  },
  CALLBACK_UNAVAILABLE: {
    status: 503,
    exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionServiceUnavailable',
    message: 'The service takes no more callbacks at present.',
  },
  CALLBACK_CLOSED: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
    message: 'The office is closed at the desired time.',
  },
  CALLBACK_SLOT_FULL: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackAvailabilityException',
    message: 'The time slot of the desired time is full; other slots are free.',
  },
  CALLBACK_NEW_SLOT_FULL: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackExceptionAvailability',
    message: 'The time slot of the new desired time is full; other slots are free.',
  },
  CALLBACK_SLOTS_FULL: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
    message: 'All time slots are full.',
  },
  STORAGE_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.storage.StorageNotFoundException',
    message: 'No storage area has this id, or it has expired.',
  },
  STORAGE_KEY_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.storage.StorageKeyNotFoundException',
    message: 'The storage area has no such key.',
  },
  STORAGE_KEY_INVALID: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.storage.StorageException',
    message: 'Keys may not begin with an underscore.',
  },
  STORAGE_FULL: {
    status: 413,
    exception: 'com.genesyslab.gsg.services.storage.StorageException',
    message: 'The storage area has reached its limit.',
  },
  // Phone numbers.
  PHONE_NUMBER_INVALID: {
    status: 400,
    exception: 'com.genesyslab.gsg.GSGException',
    message: 'The text is no phone number.',
  },
  // Pattern Matcher.
  PATTERN_GROUP_UNKNOWN: {
    status: 403,
    exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
    message: 'No group of patterns has this name.',
  },
  EXCEPTIONS_UNSUPPORTED: {
    status: 403,
    exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
    message: 'The service has no group of patterns in its option _exceptions.',
  },
  PATTERN_TOO_COSTLY: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
    message: 'A pattern takes too long to match the value.',
  },
  // Templates.
  TEMPLATE_NOT_FOUND: {
    status: 404,
    exception: 'orsay.TemplateException',
    message: 'No template, or no file of a template, has this name.',
  },
  TEMPLATE_REFUSED: {
    status: 400,
    exception: 'orsay.TemplateException',
    message: 'The template was not accepted; nothing was changed.',
  },
  SCENARIOS_FAILED: {
    status: 400,
    exception: 'orsay.TemplateException',
    message: 'Scenarios of the template failed; nothing was changed.',
  },
  // Chat.
  CHAT_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.chat.ChatException',
    message: 'The service has no chat.',
  },
  CHAT_ENDED: {
    status: 400,
    exception: 'com.genesyslab.gsg.services.chat.ChatException',
    message: 'The chat has ended.',
  },
  // Notifications.
  SUBSCRIPTION_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.notification.SubscriptionNotFoundException',
    message: 'Subscription ID not found',
  },
  SUBSCRIBER_NOT_FOUND: {
    status: 404,
    exception: 'com.genesyslab.gsg.services.notification.SubscriberNotFoundException',
    message: 'Subscriber ID not found',
  },
  NOTIFICATION_FAILED: {
    status: 503,
    exception: 'com.genesyslab.gsg.services.notification.NotificationException',
    message: 'The notification could not be delivered.',
  },
  // Agents and routing.
  AGENT_NOT_FOUND: { status: 404, exception: 'orsay.AgentException', message: 'No agent has this id.' },
  INTERACTION_NOT_FOUND: {
    status: 404,
    exception: 'orsay.InteractionException',
    message: 'No interaction has this id.',
  },
  INTERACTION_STATE: {
    status: 409,
    exception: 'orsay.InteractionException',
    message: 'The interaction does not allow this in its present state.',
  },
  CALL_NOT_FOUND: {
    status: 404,
    exception: 'orsay.RoutingException',
    message: 'No virtual interaction has this connection id.',
  },
} as const satisfies Record<string, WireErrorRow>;

interface WireErrorRow {
  readonly status: number;
  readonly exception: string;
  readonly message: string;
}

export type WireErrorCode = keyof typeof WIRE_ERRORS;

export interface WireErrorOptions extends ErrorOptions {
  /** Names the expected and the actual value. Clients see it. */
  readonly message?: string;
  /** For a code that has several documented class names. */
  readonly exception?: string;
  /** For a code that has several documented statuses. */
  readonly status?: number;
  /** Further fields of the body, for example `problems`. */
  readonly details?: Readonly<Record<string, Json>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the client sees as {"message","exception","code"}. */
export class WireError extends Error {
  readonly code: WireErrorCode;
  readonly status: number;
  readonly exception: string;
  readonly details: Readonly<Record<string, Json>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: WireErrorCode, options: WireErrorOptions = {}) {
    const row = WIRE_ERRORS[code];
    super(options.message ?? row.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WireError';
    this.code = code;
    this.status = options.status ?? row.status;
    this.exception = options.exception ?? row.exception;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }

  /** The body of the reply. */
  body(): Record<string, Json> {
    return { message: this.message, exception: this.exception, code: this.code, ...this.details };
  }
}
