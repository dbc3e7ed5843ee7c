import type { Context } from 'koa';
import type { Routers } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import type { BuiltFiles } from './builtFiles.ts';
import { replyBuilt } from './replyBuilt.ts';

/** Its name has no hash, because pages of others name it. So long may they have an earlier one. */
const CACHE_SECONDS = 600;
const FILE = 'widget/orsay-chat.js';

/** The script of the widget. It has no secrets: every listener has it, for the pages of all origins. */
export function registerWidgetRoute({ everybody }: Pick<Routers, 'everybody'>, files: BuiltFiles): void {
  everybody.get(`/${FILE}`, (ctx: Context) => {
    const file = files.asset(FILE);
    if (file === undefined) {
      throw new WireError('NOT_FOUND', { message: 'The widget is not built (npm run build:console).' });
    }
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    replyBuilt(ctx, file, `public, max-age=${CACHE_SECONDS}`);
  });
}
