export { ChatListeners } from './chatListeners.ts';
export type { ChatV2Service } from './chatService.ts';
export { CometChannel, type ServiceChannels } from './cometChannel.ts';
export { CHAT_V2_DESCRIPTION } from './description.ts';
export { ChatV2Operations } from './operations.ts';
export { registerChatV2Routes } from './restRoutes.ts';
export { pushedEntry } from './wire.ts';
