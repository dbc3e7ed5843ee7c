import { defined } from '../../engine/ports/index.ts';
import type { BayeuxCore, ConnectOutcome } from './bayeuxCore.ts';
import type { BayeuxSession } from './bayeuxSession.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';
import type { Peer } from './sessionRegistry.ts';

/** The outcome of the messages that came together. */
export interface Exchange {
  readonly replies: readonly BayeuxReply[];
  /** The session that a handshake made. */
  readonly opened?: BayeuxSession;
  /** A second connect displaces the first, which then gets no reply. */
  readonly connect?: ConnectOutcome;
}

/**
 * Handles messages that came together, in their order. Bayeux 1.0, 4.1.1: messages beside a handshake are
 * ignored. Otherwise one request could make many clients.
 */
export async function exchange(
  core: BayeuxCore,
  messages: readonly BayeuxMessage[],
  peer: Peer,
): Promise<Exchange> {
  const handshake = messages.find(({ channel }) => channel === '/meta/handshake');
  const replies: BayeuxReply[] = [];
  let opened: BayeuxSession | undefined;
  let connect: ConnectOutcome | undefined;
  for (const message of handshake === undefined ? messages : [handshake]) {
    const outcome = await core.receive(message, peer);
    if (outcome.kind === 'connect') {
      connect = outcome;
    } else {
      replies.push(outcome.reply);
      opened ??= outcome.opened;
    }
  }
  return { replies, ...defined({ opened, connect }) };
}
