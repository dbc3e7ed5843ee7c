import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { ChatRecord } from '../../strategies/chat/index.ts';
import { gmsUserOf, viewerOf } from '../access/index.ts';
import type { Given } from '../digital/index.ts';
import { creationKeyOf, keyOf, replyJson } from '../middleware/index.ts';
import { chatFaultOf } from './chatFault.ts';
import type { ChatOperation, ChatV2Call, ChatV2Operations } from './operations.ts';
import { Position, positionIn } from './parameters.ts';

const ROOT = '/genesys/2/chat/:service';

/** The operations by the last part of their paths. gms-api 7.5. */
const PATHS: Readonly<Record<string, ChatOperation>> = {
  refresh: 'refresh',
  send: 'sendMessage',
  readReceipt: 'readReceipt',
  startTyping: 'startTyping',
  stopTyping: 'stopTyping',
  disconnect: 'disconnect',
  pushUrl: 'pushUrl',
  updateNickname: 'updateNickname',
  customNotice: 'customNotice',
  updateData: 'updateData',
};

/** The operations that make an entry. A repetition of the others changes nothing. */
const KEYED: ReadonlySet<ChatOperation> = new Set([
  'sendMessage',
  'startTyping',
  'stopTyping',
  'pushUrl',
  'updateNickname',
  'customNotice',
]);

/** gms-api 7.5 over REST: `/genesys/2/chat/{chat service}` and the URLs below it, all of them POST. */
export function registerChatV2Routes(router: Router, operations: ChatV2Operations): void {
  const routes = new RestRoutes(operations);
  router.post(ROOT, (ctx) => routes.open(ctx));
  for (const [path, operation] of Object.entries(PATHS)) {
    router.post(`${ROOT}/:chatId/${path}`, (ctx) => routes.perform(ctx, operation));
  }
}

class RestRoutes {
  readonly #operations: ChatV2Operations;

  constructor(operations: ChatV2Operations) {
    this.#operations = operations;
  }

  open(ctx: Context): Promise<void> {
    const call = { ...callOf(ctx), ...defined({ key: creationKeyOf(ctx) }) };
    return this.#reply(ctx, call, async () => {
      const done = await this.#operations.requestChat(call);
      return this.#body(done.chat, 1);
    });
  }

  perform(ctx: Context, operation: ChatOperation): Promise<void> {
    const call = { ...callOf(ctx), ...defined({ key: KEYED.has(operation) ? keyOf(ctx) : undefined }) };
    return this.#reply(ctx, call, async () => {
      const position = positionIn(call.given) ?? (operation === 'refresh' ? 1 : Position.NOTHING);
      const done = await this.#operations.perform(operation, call);
      return this.#body(done.chat, operation === 'readReceipt' ? Position.NOTHING : position);
    });
  }

  async #reply(ctx: Context, call: ChatV2Call, perform: () => Promise<Json>): Promise<void> {
    try {
      replyJson(ctx, await perform());
      ctx.state.readsAfterCommit = true;
    } catch (thrown) {
      const fault = chatFaultOf(thrown);
      ctx.status = fault.status;
      ctx.set(fault.headers);
      replyJson(ctx, this.#operations.faultReply(fault, call));
      ctx.state.readsAfterCommit = true;
    }
  }

  #body(chat: ChatRecord, from: number): Json {
    if (from === Position.NOTHING) {
      return this.#operations.reply(chat, { entries: [], nextPosition: chat.position });
    }
    const { entries, position } = this.#operations.transcript(chat, from);
    return this.#operations.reply(chat, { entries, nextPosition: position });
  }
}

function callOf(ctx: Context): ChatV2Call {
  const { service, chatId } = ctx.params as { readonly service: string; readonly chatId?: string };
  const authorization = ctx.get('authorization');
  return {
    service,
    given: { ...(ctx.state.form as Given), ...defined({ chatId }) },
    mayUse: viewerOf(ctx).mayUse,
    ...defined({
      credentials: authorization === '' ? undefined : authorization,
      address: ctx.state.client?.address,
      gmsUser: gmsUserOf(ctx),
    }),
  };
}
