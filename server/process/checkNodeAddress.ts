import type { Log } from '../../engine/ports/index.ts';
import { isLoopback } from '../access/index.ts';
import { NODE_MARK, type NodeIdentity, STATUS_PATH } from '../cluster/index.ts';

/** Time for the answer of this node to itself, in ms. */
const ANSWER_MS = 3_000;

/**
 * Asks the address of this node who answers there. Rejects with a message for the operator when it is another
 * node. Warns when nobody does, or when no other machine can reach it.
 */
export async function checkNodeAddress({
  address,
  cell,
  identity,
  log,
}: {
  readonly address: string;
  readonly cell: { readonly name: string; readonly node: string };
  readonly identity: Pick<NodeIdentity, 'markOf'>;
  readonly log: Log;
}): Promise<void> {
  const url = new URL(address);
  if (isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    log.warn({ address }, 'Only nodes on this machine reach this node. For others, set ORSAY_NODE_ADDRESS.');
  }
  const answer = await whoIsAt(url, identity);
  if (answer === undefined) {
    log.warn(
      { address },
      'This node does not reach itself by its address. The other nodes may not reach it either.',
    );
    return;
  }
  if (answer.node === cell.node && answer.name === cell.name) return;
  throw new Error(
    `Expected ORSAY_NODE_ADDRESS to lead to this node, '${cell.node}' of the cell '${cell.name}'; ` +
      `at ${address} answers ${describe(answer)}. Give each node an address of its own.`,
  );
}

async function whoIsAt(
  url: URL,
  identity: Pick<NodeIdentity, 'markOf'>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const request = { method: 'GET', url: STATUS_PATH, headers: { host: url.host } };
  const client = { cell: '', peer: '127.0.0.1', isSecure: true, audiences: ['administrator'] as const };
  try {
    const reply = await fetch(new URL(STATUS_PATH, url), {
      headers: { Accept: 'application/json', [NODE_MARK]: identity.markOf(request, client) },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body: unknown = await reply.json();
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    // Nobody answers, or something that is not Orsay.
    return undefined;
  }
}

function describe({ node, name }: Readonly<Record<string, unknown>>): string {
  return typeof node === 'string' ? `the node '${node}' of the cell '${String(name)}'` : 'another server';
}
