import type { ChatV2Operations } from '../chatV2/index.ts';
import { RequestRate } from '../middleware/index.ts';
import type { OpenMediaOperations } from '../openMedia/index.ts';
import { composeChatV2 } from './composeChatV2.ts';
import { composeOpenMedia } from './composeOpenMedia.ts';

/** The digital channels of customers. */
export interface DigitalChannels {
  readonly chatV2: ChatV2Operations;
  readonly openMedia: OpenMediaOperations;
}

type Shared = 'hasOwners' | 'admit';
type Deps = Omit<Parameters<typeof composeChatV2>[0], Shared> &
  Omit<Parameters<typeof composeOpenMedia>[0], Shared>;

/** Builds Chat V2, open media and e-mail. New interactions of an address have one limit. */
export function composeDigital(deps: Deps): DigitalChannels {
  const { config, clock } = deps;
  const rate = new RequestRate({ rate: config.limits.requests.chatsOfAddress, clock });
  const shared = {
    hasOwners: ['gateway', 'token'].includes(config.security?.customers?.mode ?? 'open'),
    admit: (address: string | undefined) => (address === undefined ? 0 : rate.take(address)),
  };
  return {
    chatV2: composeChatV2({ ...deps, ...shared }),
    openMedia: composeOpenMedia({ ...deps, ...shared }),
  };
}
