import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Clock, defined, type Ids, type Log } from '../../engine/ports/index.ts';
import { type ChatRecord, clientOf } from '../../strategies/chat/index.ts';
import {
  type ChatFiles,
  FileError,
  type FileId,
  type FileParty,
  readFileId,
} from '../../strategies/files/index.ts';
import { accountOf, viewerOf } from '../access/index.ts';
import { keyOf, replyFile, replyJson } from '../middleware/index.ts';
import {
  badRequest,
  deletedReply,
  type ErrorReply,
  errorPage,
  errorReply,
  type FileOperation,
  fieldOf,
  fileDataOf,
  fileIdOf,
  idOf,
  limitsReply,
  OPERATION_NAMES,
  readOperation,
  sessionFault,
  uploadedReply,
} from './wire.ts';

const NOTIFICATIONS = '/genesys/2/chat-ntf';
const REST = '/genesys/2/chat/:service/:chatId/file';
/** The paths of uploads, with and without a slash at the end. */
const UPLOAD_PATHS = [/^\/genesys\/2\/chat-ntf\/?$/, /^\/genesys\/2\/chat\/[^/]+\/[^/]+\/file\/?$/];

/** Whether the files of a request with this path go to the disk. */
export function takesFiles(path: string): boolean {
  return UPLOAD_PATHS.some((pattern) => pattern.test(path));
}

export interface FileRouteDeps {
  readonly chatFiles: ChatFiles;
  readonly chats: {
    /** The chat with this secure key. */
    byKey(secureKey: string): ChatRecord | undefined;
    /** The customer made a request, and so has not left. */
    touch(chatId: ChatRecord['id']): void;
  };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Files of Chat V2, at the URL of its CometD form and at those of its REST form. gms-api 7.6. */
export function registerFileRoutes(router: Router, deps: FileRouteDeps): void {
  new FileRoutes(deps).register(router);
}

interface FileRequest {
  readonly operation: FileOperation;
  readonly fileId: FileId | undefined;
  /** Idempotency key. */
  readonly key: string | undefined;
}

class FileRoutes {
  readonly #deps: FileRouteDeps;

  constructor(deps: FileRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.post(NOTIFICATIONS, async (ctx) => {
      const { form, drafts = [] } = ctx.state;
      const operation = readOperation(form, drafts.length > 0);
      const key = keyOf(ctx);
      if (operation === undefined) {
        reply(ctx, badRequest(`Expected 'operation' to be one of ${OPERATION_NAMES.join(', ')}.`));
        return;
      }
      await this.#perform(ctx, { operation, fileId: fileIdOf(form), key });
    });
    const urls = { upload: REST, download: `${REST}/:fileId/download`, delete: `${REST}/:fileId/delete` };
    for (const [operation, url] of Object.entries(urls) as [FileOperation, string][]) {
      router.post(url, (ctx) => {
        const fileId = readFileId((ctx.params as { readonly fileId?: string }).fileId);
        return this.#perform(ctx, { operation, fileId, key: keyOf(ctx) });
      });
    }
    router.post(`${REST}/limits`, (ctx) =>
      this.#perform(ctx, { operation: 'limits', fileId: undefined, key: undefined }),
    );
  }

  async #perform(ctx: Context, request: FileRequest): Promise<void> {
    const chat = this.#chatOf(ctx);
    if (request.operation === 'download') {
      await this.#download(ctx, chat, request);
      return;
    }
    if (chat === undefined) {
      replyJson(ctx, sessionFault("Expected 'secureKey' to be that of a chat, got none of them."));
      return;
    }
    this.#deps.chats.touch(chat.id);
    try {
      await this.#answer(ctx, chat, request);
    } catch (error) {
      const answer = errorReply(error, chat);
      if (answer === undefined) throw error;
      reply(ctx, answer);
    }
  }

  async #answer(ctx: Context, chat: ChatRecord, { operation, fileId, key }: FileRequest): Promise<void> {
    const { chatFiles, clock } = this.#deps;
    switch (operation) {
      case 'limits':
        replyJson(ctx, limitsReply(chat, chatFiles.clientState(chat.id), clock.now()));
        return;
      case 'upload':
        await this.#upload(ctx, chat, key);
        return;
      case 'delete':
        await chatFiles.remove(chat.id, fileId, { by: customerOf(chat), ...defined({ key }) });
        replyJson(ctx, deletedReply(chat));
        return;
      case 'download':
        return;
    }
  }

  async #upload(ctx: Context, chat: ChatRecord, key: string | undefined): Promise<void> {
    const { drafts = [], form } = ctx.state;
    const [file] = drafts;
    if (file === undefined) {
      reply(ctx, badRequest("Expected a multipart body with a file in the part 'file', got none."));
      return;
    }
    const { draft, head, filename } = file;
    const id = await this.#deps.chatFiles.upload(chat.id, {
      ...fileDataOf(form),
      ...defined({ account: accountOf(ctx), key }),
      by: customerOf(chat),
      draft,
      head,
      filename,
    });
    replyJson(ctx, uploadedReply(chat, id));
  }

  /**
   * "In case of an error, the server returns an HTML 500 response that includes the referenceId." Faults of
   * the server itself have no code, and are reported as on every route.
   */
  async #download(ctx: Context, chat: ChatRecord | undefined, { fileId, key }: FileRequest): Promise<void> {
    const { chatFiles, chats, ids, log } = this.#deps;
    try {
      if (chat === undefined) throw new FileError('FILE_DATA', 'No chat has this secure key.');
      chats.touch(chat.id);
      const { file, content } = await chatFiles.open(chat.id, fileId, {
        by: customerOf(chat),
        ...defined({ key }),
      });
      replyFile(ctx, { ...file, content });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      const { code, message: reason } = error;
      const referenceId = ids.hex(16);
      const refused = { code, reason, referenceId, ...defined({ interactionId: chat?.id }) };
      log.warn(refused, 'A download was refused.');
      ctx.status = 500;
      ctx.set('Content-Type', 'text/html;charset=UTF-8');
      ctx.body = errorPage(referenceId);
    }
  }

  /** The secure key alone identifies the chat. The URL must not name another one. */
  #chatOf(ctx: Context): ChatRecord | undefined {
    const secureKey = fieldOf(ctx.state.form, 'secureKey');
    const chat = secureKey === undefined ? undefined : this.#deps.chats.byKey(secureKey);
    const { service, chatId } = ctx.params as { readonly service?: string; readonly chatId?: string };
    if (chat === undefined || !viewerOf(ctx).mayUse(chat.gmsUser)) return undefined;
    const isThis =
      (service ?? chat.chatService) === chat.chatService &&
      (chatId ?? chat.id) === chat.id &&
      (idOf(ctx.state.form, 'chatId') ?? chat.id) === chat.id &&
      (idOf(ctx.state.form, 'userId') ?? chat.userId) === chat.userId;
    return isThis ? chat : undefined;
  }
}

function customerOf(chat: ChatRecord): FileParty {
  return { party: clientOf(chat) };
}

function reply(ctx: Context, { status, body }: ErrorReply): void {
  ctx.status = status;
  replyJson(ctx, body);
}
