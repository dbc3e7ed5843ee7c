import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { PartyType, Visibility } from '../../strategies/chat/index.ts';
import { type ChatFile, type ChatFiles, type FileParty, readFileId } from '../../strategies/files/index.ts';
import type { Interaction } from '../../strategies/interaction/index.ts';
import type { Agents } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, replyFile, replyJson } from '../middleware/index.ts';
import { requireChat, requirePart } from './actor.ts';
import { type AgentAccess, namedActor } from './agentAccess.ts';
import { asInteractionFault } from './wire.ts';

const FILES = '/agent/1/interactions/:id/files';
const UPLOAD_PATH = /^\/agent\/1\/interactions\/[^/]+\/files\/?$/;

/** Whether the files of a request with this path go to the disk. */
export function takesAgentFiles(path: string): boolean {
  return UPLOAD_PATH.test(path);
}

export interface FileRouteDeps {
  readonly access: AgentAccess;
  readonly agents: Pick<Agents, 'get'>;
  readonly chatFiles: ChatFiles;
}

/** The files of the chats of agents. */
export class FileRoutes {
  readonly #deps: FileRouteDeps;

  constructor(deps: FileRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.get(FILES, async (ctx) => this.#list(ctx));
    router.post(FILES, (ctx) => this.#upload(ctx));
    router.get(`${FILES}/:fileId`, (ctx) => this.#download(ctx));
    router.delete(`${FILES}/:fileId`, (ctx) => this.#remove(ctx));
  }

  #list(ctx: Context): void {
    const { id } = this.#deps.access.interaction(ctx);
    replyJson(ctx, { files: this.#deps.chatFiles.list(id).map(fileReply) });
  }

  async #upload(ctx: Context): Promise<void> {
    const interaction = this.#deps.access.interaction(ctx);
    const key = keyOf(ctx);
    const by = this.#holder(ctx, interaction);
    const [file] = ctx.state.drafts ?? [];
    if (file === undefined) {
      throw new WireError('PARAMETER_MISSING', {
        message: "Expected a multipart body with a file in the part 'file', got none.",
      });
    }
    const { draft, head, filename } = file;
    const description = textOf(ctx.state.form.description);
    try {
      const fileId = await this.#deps.chatFiles.upload(interaction.id, {
        by,
        draft,
        head,
        filename,
        ...defined({ key, description: description === '' ? undefined : description }),
      });
      replyJson(ctx, { fileId });
    } catch (error) {
      throw asInteractionFault(error);
    }
  }

  async #download(ctx: Context): Promise<void> {
    const { id } = this.#deps.access.interaction(ctx);
    const by = { party: { type: PartyType.AGENT, nickname: '' } };
    const { file, content } = await this.#deps.chatFiles.open(id, readFileId(ctx.params.fileId), { by });
    replyFile(ctx, { ...file, content });
  }

  async #remove(ctx: Context): Promise<void> {
    const interaction = this.#deps.access.interaction(ctx);
    const key = keyOf(ctx);
    const by = this.#holder(ctx, interaction);
    const fileId = readFileId(ctx.params.fileId);
    try {
      await this.#deps.chatFiles.remove(interaction.id, fileId, { by, ...defined({ key }) });
      replyJson(ctx, {});
    } catch (error) {
      throw asInteractionFault(error);
    }
  }

  /** The agent who acts. Throws INTERACTION_STATE for one whom the customer does not see in the chat. */
  #holder(ctx: Context, interaction: Interaction): FileParty {
    const { agentId, own, isSupervisor } = requirePart(interaction, namedActor(ctx));
    requireChat(interaction);
    if (own !== Visibility.ALL) {
      throw new WireError('INTERACTION_STATE', {
        message: `Expected agent '${agentId}' to be seen by the customer, as files are; others see them as ${own}.`,
      });
    }
    const nickname = this.#deps.agents.get(agentId)?.nickname ?? agentId;
    const type = isSupervisor ? PartyType.SUPERVISOR : PartyType.AGENT;
    return { party: { type, nickname, agentId }, agentId };
  }
}

function fileReply({ id, name, size, contentType, description, userData, by, at }: ChatFile): Json {
  const { type, nickname } = by.party;
  return {
    fileId: id,
    name,
    size,
    contentType,
    userData,
    by: { type, nickname },
    at,
    ...defined({ description }),
  };
}
