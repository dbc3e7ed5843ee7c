import { defined } from '../../engine/ports/index.ts';
import type { AwayNotice } from '../../strategies/chat/index.ts';

/** The documented default of `_client_timeout_notification`. */
const DEFAULT_SECONDS = 90;

/**
 * The notices about messages that a customer who is away has not got. Without the two options of the
 * customer, their device gets a message at once.
 */
export function awayNoticeOf({
  _client_timeout_notification: seconds = '',
  _client_timeout_notification_message: customer = '',
  _agent_timeout_notification_message: agent = '',
}: {
  readonly [option: string]: string | undefined;
}): AwayNotice | undefined {
  if (seconds === '' && customer === '' && agent === '') return undefined;
  const given = seconds === '' ? DEFAULT_SECONDS : Number(seconds);
  return {
    afterMs: (Number.isFinite(given) && given >= 0 ? given : DEFAULT_SECONDS) * 1_000,
    ...((seconds !== '' || customer !== '') && { holdsPush: true as const }),
    ...defined({ customerText: customer || undefined, agentText: agent || undefined }),
  };
}
