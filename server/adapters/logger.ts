import { createHmac, randomBytes } from 'node:crypto';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Log } from '../../engine/ports/index.ts';
import { errorFields } from './errorFields.ts';

/** The name of a customer. Lines show a mark instead, which is the same on all lines of a process. */
const USER_FIELD = 'gmsUser';
/** Personal data of customers. No log line shows these fields, up to two levels deep. */
const CUSTOMER_FIELDS = [
  USER_FIELD,
  '_customer_number',
  'customerNumber',
  '_phone_number',
  '_device_notification_id',
  'deviceId',
];

/**
 * Writes JSON lines to `output`. `level`: trace, debug, info, warn, error, fatal or silent. `more` computes
 * further fields of a line from those that it has. It runs only for lines that are written; its errors are
 * ignored.
 */
export function createLogger(
  level: string,
  options: {
    readonly output: DestinationStream;
    readonly more?: (fields: Readonly<Record<string, unknown>>) => object;
  },
): Log {
  const { output, more = () => ({}) } = options;
  return fromPino(
    pino(
      {
        level,
        base: null,
        mixin: (fields) => safely(() => more(fields as Record<string, unknown>)),
        timestamp: pino.stdTimeFunctions.isoTime,
        serializers: { err: (error: unknown) => errorFields(error) },
        redact: {
          paths: CUSTOMER_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
          censor: censorWith(randomBytes(32)),
        },
      },
      output,
    ),
  );
}

/** A keyed digest: the few digits of a phone number could be found from a plain one. */
function censorWith(key: Uint8Array): (value: unknown, path: string[]) => string {
  return (value, path) =>
    path.at(-1) === USER_FIELD && typeof value === 'string'
      ? `customer ${createHmac('sha256', key).update(value).digest('hex').slice(0, 12)}`
      : '[customer]';
}

/** `more` reads the store. When the store fails, the line that reports it must still be written. */
function safely(more: () => object): object {
  try {
    return more();
  } catch {
    return {};
  }
}

function fromPino(logger: Logger): Log {
  return {
    debugs: logger.isLevelEnabled('debug'),
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
