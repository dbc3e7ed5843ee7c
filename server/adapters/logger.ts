import { type DestinationStream, type Logger, pino } from 'pino';
import type { Log } from '../../engine/ports/index.ts';

/** Fields of customers that no log line shows, wherever they stand up to two levels deep. */
const CUSTOMER_FIELDS = ['_customer_number', 'customerNumber', '_phone_number', '_device_notification_id'];

/**
 * JSON lines into `output`. `level`: trace, debug, info, warn, error, fatal or silent. `more` adds fields
 * to a line, by those that it has; it is asked for lines of the level only, and what it throws is ignored.
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

/** A store that fails must not take the line away that says so. */
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
