import { defined } from '../../engine/ports/index.ts';
import { type Chats, PartyType } from '../../strategies/chat/index.ts';
import type { ArrivingFile, ArrivingFiles, ChatFiles } from '../../strategies/files/index.ts';
import {
  type Interaction,
  type Interactions,
  parseInteractionId,
} from '../../strategies/interaction/index.ts';
import type { OpenMedia, OpenMediaRecord } from '../../strategies/openMedia/index.ts';
import {
  badInput,
  DigitalFault,
  EMAIL_PROPERTY,
  FaultCode,
  type Given,
  lookupIn,
  requireAdmitted,
  shortText,
  unknownService,
  userDataIn,
} from '../digital/index.ts';
import type { BusinessAttributes, OpenMediaKind, OpenMediaService } from './openMediaService.ts';
import { kindIn, mailDataOf, mailIn, openMediaDataIn } from './parameters.ts';
import { doneReply, interactionReply, type ReplyBody } from './wire.ts';

/** The customer's own id finds their data in every service. */
export const EXTERNAL_ID_PROPERTY = 'ExternalId';

export interface OpenMediaCall {
  readonly kind: OpenMediaKind;
  /** Name of the service in the URL. */
  readonly service: string;
  /** As the URL has it; absent in a create. */
  readonly interactionId?: string;
  readonly given: Given;
  /** The files of an e-mail. */
  readonly files: readonly ArrivingFile[];
  /** Files came with a request that takes none. */
  readonly hasLooseFiles: boolean;
  /** The account for which files count. */
  readonly account?: string | undefined;
  readonly credentials?: string | undefined;
  readonly address?: string | undefined;
  /** Idempotency key of the request. */
  readonly key?: string | undefined;
  readonly gmsUser?: string | undefined;
  /** Whether the things of this gms_user exist for the sender. `owner` undefined: it is nobody's. */
  readonly mayUse: (owner: string | undefined) => boolean;
}

export interface OpenMediaDeps {
  readonly openMedia: OpenMedia;
  readonly interactions: Pick<Interactions, 'get'>;
  readonly chats: Pick<Chats, 'get'>;
  readonly files: Pick<ArrivingFiles, 'take'>;
  readonly chatFiles: Pick<ChatFiles, 'list'>;
  /** True when interactions belong to the gms_user that creates them, because the server knows it. */
  readonly hasOwners: boolean;
  /** The service of this kind with this name in a URL, as configured now. */
  readonly serviceOf: (kind: OpenMediaKind, name: string) => OpenMediaService | undefined;
  readonly attributes: () => BusinessAttributes;
  /** Rejects with WireError UNAUTHORIZED or TOO_MANY_REQUESTS when the credentials are not the service's. */
  readonly checkCredentials: (
    service: string,
    credentials: string | undefined,
    address: string | undefined,
  ) => Promise<void>;
  /** Counts a new interaction of an address. Returns the milliseconds after which it is allowed; 0: now. */
  readonly admit: (address: string | undefined) => number;
}

export const OPEN_MEDIA_OPERATIONS = ['get', 'update', 'stop'] as const;
export type OpenMediaOperation = (typeof OPEN_MEDIA_OPERATIONS)[number];

interface Found {
  readonly interaction: Interaction;
  readonly record?: OpenMediaRecord;
}

/** The requests of customers for open media and e-mail. They reject with coded errors or a DigitalFault. */
export class OpenMediaOperations {
  readonly #deps: OpenMediaDeps;

  constructor(deps: OpenMediaDeps) {
    this.#deps = deps;
  }

  async create(call: OpenMediaCall): Promise<ReplyBody> {
    const service = await this.#service(call);
    requireAdmitted(this.#deps.admit(call.address), 'chatsOfAddress');
    const { given, key, files } = call;
    if (call.hasLooseFiles) throw badInput('Expected no files: only an e-mail has attachments.');
    const request = {
      service: service.name,
      queue: service.queue,
      ...(service.kind === 'email' ? this.#mail(given, service) : this.#item(given, service)),
      ...defined({ gmsUser: this.#deps.hasOwners ? call.gmsUser : undefined }),
    };
    const arrived = await this.#deps.files.take(files, senderOf(call), service.attachments);
    try {
      const filesBatch = arrived.batch;
      return doneReply({ interactionId: await this.#deps.openMedia.create({ ...request, filesBatch }, key) });
    } finally {
      await arrived.dropUnused();
    }
  }

  async perform(operation: OpenMediaOperation, call: OpenMediaCall): Promise<ReplyBody> {
    const service = await this.#service(call);
    const found = this.#find(call, service, operation);
    const { id } = found.interaction;
    switch (operation) {
      case 'get':
        return interactionReply(found.interaction, found.record, this.#deps.chatFiles.list(id));
      case 'update': {
        const changes = userDataIn(call.given);
        if (Object.keys(changes).length === 0) throw badInput("Expected 'userData', got none.");
        await this.#deps.openMedia.update(id, changes, lookupIn(changes, propertiesOf(service)));
        return doneReply();
      }
      case 'stop':
        await this.#deps.openMedia.stop(id);
        return doneReply();
    }
  }

  #item(given: Given, service: OpenMediaService) {
    const userData = openMediaDataIn(given);
    return {
      ...kindIn(given, service, this.#deps.attributes()),
      userData,
      lookup: lookupIn(userData, propertiesOf(service)),
      ...defined({ externalId: userData.ExternalId }),
    };
  }

  #mail(given: Given, service: OpenMediaService) {
    const { media, type, subtype, mailbox } = service;
    const mail = mailIn(given, mailbox);
    const userData = { ...userDataIn(given), ...mailDataOf(mail) };
    const lookup = { ...lookupIn(userData, propertiesOf(service)), [EMAIL_PROPERTY]: mail.fromAddress };
    return { media, type, subtype, userData, lookup, mail };
  }

  async #service({ kind, service: name, credentials, address }: OpenMediaCall): Promise<OpenMediaService> {
    const service = this.#deps.serviceOf(kind, name);
    if (service === undefined) throw unknownService(kind, name);
    if (service.hasCredentials) await this.#deps.checkCredentials(service.name, credentials, address);
    return service;
  }

  /**
   * The interaction of the URL. An unknown one, one of another service and one of somebody else are the same
   * fault.
   */
  #find(call: OpenMediaCall, service: OpenMediaService, operation: OpenMediaOperation): Found {
    const id = parseInteractionId(call.interactionId);
    const own = this.#deps.openMedia.get(id);
    const isOfService = own?.record.service === service.name;
    if (own !== undefined && isOfService && call.mayUse(own.record.gmsUser)) return own;
    const other = operation === 'get' ? this.#deps.interactions.get(id) : undefined;
    if (other !== undefined && service.readableMedia.includes(other.media)) {
      const owner = own?.record.gmsUser ?? this.#deps.chats.get(id)?.gmsUser;
      if (call.mayUse(owner)) return { interaction: other, ...defined({ record: own?.record }) };
    }
    throw new DigitalFault({
      code: FaultCode.INTERACTION_UNKNOWN,
      advice: `No interaction '${id}' of the service '${service.name}', or it ended too long ago.`,
    });
  }
}

/** The keys of user data that find the customer. */
function propertiesOf({ kind, lookupKeys }: OpenMediaService): readonly string[] {
  return kind === 'openmedia' ? [EXTERNAL_ID_PROPERTY, ...lookupKeys] : lookupKeys;
}

function senderOf({ given, account }: OpenMediaCall): Parameters<ArrivingFiles['take']>[1] {
  const nickname = [shortText(given, 'firstName'), shortText(given, 'lastName')].filter(Boolean).join(' ');
  return { by: { party: { type: PartyType.CLIENT, nickname } }, ...defined({ account }) };
}
