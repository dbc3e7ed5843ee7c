import type { QueueApplication } from '../../strategies/interaction/index.ts';
import { WireError } from '../errors/index.ts';
import type { Config } from './config.ts';

/**
 * The configured application of an interaction queue. Relative URLs of documents are resolved against the
 * base URL.
 */
export function queueApplications(
  config: Config,
  baseUrl: () => string,
): (queue: string) => QueueApplication | undefined {
  return (queue) => {
    const found = Object.hasOwn(config.queues, queue) ? config.queues[queue] : undefined;
    const script = config.scripts[found?.application.slice('script:'.length) ?? ''];
    if (script === undefined) {
      return undefined;
    }
    return {
      src: below(baseUrl(), script.Application.url),
      params: { _gms_url: `${baseUrl()}/genesys`, ...script.ApplicationParms },
    };
  };
}

/** The URL of the server may have a path, which `/genesys/...` does not leave. */
function below(baseUrl: string, url: string): string {
  const isRooted = url.startsWith('/') && !url.startsWith('//');
  return new URL(isRooted ? `${baseUrl}${url}` : url, `${baseUrl}/`).href;
}

/** The interaction queue of a chat endpoint. Undefined or empty: the default endpoint. gms-api 4.8. */
export function queueOfEndpoint(
  current: () => Pick<Config, 'chat'>,
): (endpoint: string | undefined) => string {
  return (endpoint) => {
    const { chat } = current();
    const named = endpoint !== undefined && endpoint !== '' && endpoint !== 'gms_builtin';
    const name = named ? endpoint : chat.default_chat_endpoint;
    const found = Object.hasOwn(chat.endpoints, name) ? chat.endpoints[name] : undefined;
    if (found === undefined) {
      throw new WireError('SERVICE_MISCONFIGURED', {
        message: `No chat endpoint '${name}' is configured (chat.endpoints).`,
      });
    }
    return found.queue;
  };
}
