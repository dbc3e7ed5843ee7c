import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined } from '../../engine/ports/index.ts';
import { accountOf, gmsUserOf, viewerOf } from '../access/index.ts';
import { faultOf, type Given } from '../digital/index.ts';
import { creationKeyOf, replyJson } from '../middleware/index.ts';
import { OPEN_MEDIA_KINDS, type OpenMediaKind } from './openMediaService.ts';
import { OPEN_MEDIA_OPERATIONS, type OpenMediaCall, type OpenMediaOperations } from './operations.ts';
import { faultReply, type ReplyBody } from './wire.ts';

const MAIL_PATH = /^\/genesys\/2\/email\/[^/]+\/?$/;

/** Whether the files of a request with this path go to the disk. */
export function takesMailFiles(path: string): boolean {
  return MAIL_PATH.test(path);
}

/** gms-api 7.8: `/genesys/2/openmedia/{service}`, `/genesys/2/email/{service}` and the URLs below them. */
export function registerOpenMediaRoutes(router: Router, operations: OpenMediaOperations): void {
  for (const kind of OPEN_MEDIA_KINDS) {
    const root = `/genesys/2/${kind}/:service`;
    router.post(root, (ctx) => {
      return reply(ctx, () =>
        operations.create({ ...callOf(ctx, kind), ...defined({ key: creationKeyOf(ctx) }) }),
      );
    });
    for (const operation of OPEN_MEDIA_OPERATIONS) {
      router.post(`${root}/:interactionId/${operation}`, (ctx) => {
        return reply(ctx, () => operations.perform(operation, callOf(ctx, kind)));
      });
    }
  }
}

async function reply(ctx: Context, perform: () => Promise<ReplyBody>): Promise<void> {
  try {
    replyJson(ctx, await perform());
  } catch (thrown) {
    const fault = faultOf(thrown);
    ctx.status = fault.status;
    ctx.set(fault.headers);
    replyJson(ctx, faultReply(fault));
  }
  ctx.state.readsAfterCommit = true;
}

function callOf(ctx: Context, kind: OpenMediaKind): OpenMediaCall {
  const { service, interactionId } = ctx.params as {
    readonly service: string;
    readonly interactionId?: string;
  };
  const authorization = ctx.get('authorization');
  return {
    kind,
    service,
    given: ctx.state.form as Given,
    files: ctx.state.drafts ?? [],
    hasLooseFiles: ctx.state.files.length > 0,
    mayUse: viewerOf(ctx).mayUse,
    ...defined({
      interactionId,
      credentials: authorization === '' ? undefined : authorization,
      address: ctx.state.client?.address,
      gmsUser: gmsUserOf(ctx),
      account: accountOf(ctx),
    }),
  };
}
