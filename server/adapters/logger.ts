import { type DestinationStream, type Logger, pino } from 'pino';
import type { Log } from '../../engine/ports/index.ts';

/** Personal data of customers. No log line shows these fields, up to two levels deep. */
const CUSTOMER_FIELDS = ['_customer_number', 'customerNumber', '_phone_number', '_device_notification_id'];

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
        redact: {
          paths: CUSTOMER_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
          censor: '[customer]',
        },
      },
      output,
    ),
  );
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
