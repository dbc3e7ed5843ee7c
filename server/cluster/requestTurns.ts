import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WireError } from '../errors/index.ts';

/** Requests of one connection that wait for the reply to an earlier one. */
const MAX_BEHIND = 4;

/**
 * Lets the requests of a client's connection pass one after the other. A client may send many at once, and
 * their replies leave in turn anyway. So nobody has more connections to the owner than to this node.
 */
export class RequestTurns {
  readonly #behind = new WeakMap<Socket, number>();

  /**
   * Resolves when all earlier replies are sent. False: the client is gone. Rejects with TOO_MANY_REQUESTS.
   */
  async next(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    // Node.js gives a response its connection when the one before it is sent.
    if (response.socket !== null) return true;
    const { socket } = request;
    const behind = this.#behind.get(socket) ?? 0;
    if (behind >= MAX_BEHIND) {
      throw new WireError('TOO_MANY_REQUESTS', {
        message: `Expected at most MAX_BEHIND (${MAX_BEHIND}) requests of one connection that wait for an earlier one.`,
        headers: { 'Retry-After': '1' },
      });
    }
    this.#behind.set(socket, behind + 1);
    try {
      return await turnOf(socket, response);
    } finally {
      this.#behind.set(socket, this.#behind.get(socket)! - 1);
    }
  }
}

function turnOf(socket: Socket, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isThere: boolean): void => {
      response.off('socket', come);
      socket.off('close', gone);
      resolve(isThere);
    };
    const come = (): void => settle(true);
    const gone = (): void => settle(false);
    if (socket.destroyed) {
      resolve(false);
      return;
    }
    response.once('socket', come);
    socket.once('close', gone);
  });
}
