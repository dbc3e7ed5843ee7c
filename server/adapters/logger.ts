import { type Logger, pino } from 'pino';
import type { Log } from '../../engine/ports.ts';

/** Fields of customers that no log line shows, wherever they stand up to two levels deep. */
const CUSTOMER_FIELDS = ['_customer_number', 'customerNumber', '_phone_number', '_device_notification_id'];

/** JSON lines on standard output. `level`: trace, debug, info, warn, error, fatal or silent. */
export function createLogger(level: string): Log {
  return fromPino(
    pino({
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: CUSTOMER_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[customer]',
      },
    }),
  );
}

function fromPino(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
