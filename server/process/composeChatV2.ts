import type { Durable } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { ChatPushes, Chats } from '../../strategies/chat/index.ts';
import {
  type ChatListeners,
  ChatV2Operations,
  type ChatV2Service,
  CometChannel,
  type ServiceChannels,
} from '../chatV2/index.ts';
import type { ServiceLogins } from '../identity/index.ts';
import { chatServiceOf, isChatService } from './config/chat.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import { queueOfEndpoint } from './queueApplications.ts';

/** Builds Chat V2, and its channel of CometD if the configuration has it. */
export function composeChatV2(deps: {
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly durable: Durable;
  readonly log: Log;
  readonly clock: Clock;
  readonly chats: Chats;
  readonly chatListeners: ChatListeners;
  readonly chatPushes: ChatPushes;
  readonly bayeux: ServiceChannels;
  readonly serviceLogins: ServiceLogins;
  /** As ChatV2Deps has them. */
  readonly hasOwners: boolean;
  readonly admit: (address: string | undefined) => number;
}): ChatV2Operations {
  const { config, current, serviceLogins } = deps;
  const chatService = (name: string): ChatV2Service | undefined => {
    const options = current.service(name);
    if (options === undefined || !isChatService(options)) return undefined;
    return chatServiceOf(name, options, current.whole.chat);
  };
  const operations = new ChatV2Operations({
    chats: deps.chats,
    hasOwners: deps.hasOwners,
    chatService,
    queueOf: queueOfEndpoint(() => current.whole),
    warnOfDevice: (chatId, target) => deps.chatPushes.warnOf(chatId, target),
    admit: deps.admit,
    checkCredentials: (service, header, address) => serviceLogins.check(service, header, address),
  });
  if (config.chat.enable_notification_mode) {
    new CometChannel({
      ...deps,
      operations,
      listeners: deps.chatListeners,
      channels: deps.bayeux,
      hasService: (name) => chatService(name) !== undefined,
    }).open();
  }
  return operations;
}
