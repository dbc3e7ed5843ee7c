import type { Chats } from '../../strategies/chat/index.ts';
import type { ArrivingFiles, ChatFiles } from '../../strategies/files/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import type { OpenMedia } from '../../strategies/openMedia/index.ts';
import type { ServiceLogins } from '../identity/index.ts';
import { OpenMediaOperations } from '../openMedia/index.ts';
import { openMediaServiceOf } from './config/openMedia.ts';
import type { CurrentConfig } from './currentConfig.ts';

/** Builds the requests of customers for open media and e-mail. */
export function composeOpenMedia(deps: {
  readonly current: CurrentConfig;
  readonly openMedia: OpenMedia;
  readonly interactions: Interactions;
  readonly chats: Chats;
  readonly chatFiles: ChatFiles;
  readonly arrivingFiles: ArrivingFiles;
  readonly serviceLogins: ServiceLogins;
  /** As OpenMediaDeps has them. */
  readonly hasOwners: boolean;
  readonly admit: (address: string | undefined) => number;
}): OpenMediaOperations {
  const { current, serviceLogins } = deps;
  return new OpenMediaOperations({
    ...deps,
    files: deps.arrivingFiles,
    serviceOf: (kind, name) => openMediaServiceOf(kind, name, (one) => current.service(one)),
    attributes: () => current.whole.openMedia,
    checkCredentials: (service, header, address) => serviceLogins.check(service, header, address),
  });
}
