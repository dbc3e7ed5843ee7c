import type { Context } from 'koa';
import type { OpenBlob } from '../../engine/durable/index.ts';

/**
 * Answers with a file that a client uploaded. Browsers save it: they neither show it nor guess another type,
 * so a page or an image with scripts does not run under the name of this server.
 */
export function replyFile(
  ctx: Context,
  {
    name,
    contentType,
    content,
  }: {
    readonly name: string;
    readonly contentType: string;
    readonly content: OpenBlob;
  },
): void {
  // Sets the type by the name, which does not count.
  ctx.attachment(name);
  ctx.set({
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });
  ctx.body = content.stream;
  ctx.length = content.size;
}
