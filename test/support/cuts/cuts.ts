import type { Random } from '../crash/random.ts';
import type { CutClient } from './cutClients.ts';
import type { Wire } from './wire.ts';

export const CUT_KINDS = ['socket', 'reply', 'network', 'page', 'transport', 'server'] as const;

export type CutKind = (typeof CUT_KINDS)[number];

/** A client and its wire. */
export interface CutLane {
  readonly wire: Wire;
  readonly client: CutClient;
}

/** Cuts one of the clients that the kind of cut is for, or ends the server. */
export async function cutOne(
  kind: CutKind,
  {
    lanes,
    random,
    restart,
  }: {
    readonly lanes: readonly CutLane[];
    readonly random: Random;
    /** Ends the server without a word to its clients, and starts it again. */
    restart(): Promise<void>;
  },
): Promise<void> {
  const able = lanes.filter(({ client }) => {
    if (kind === 'page') return client.isPage;
    return kind !== 'transport' || client.hasChoice;
  });
  const { wire, client } = random.pick(able);
  switch (kind) {
    case 'socket':
      return wire.cut();
    case 'reply':
      return wire.cutAfter(random.below(600));
    case 'network':
      return wire.change(random.below(150));
    case 'page':
      return client.reload();
    case 'transport':
      client.switchTransport();
      return wire.cut();
    case 'server':
      return restart();
  }
}
