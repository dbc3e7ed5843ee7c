import type { Context } from 'koa';
import type { BuiltFile } from './builtFiles.ts';

/** Replies with a file of the build, compressed as the browser can read it. */
export function replyBuilt(ctx: Context, file: BuiltFile, cacheControl: string): void {
  ctx.set('Cache-Control', cacheControl);
  ctx.set('Content-Type', file.type);
  const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
  const bytes = encoding === 'br' ? file.br : encoding === 'gzip' ? file.gzip : undefined;
  ctx.vary('Accept-Encoding');
  if (bytes !== undefined && encoding !== false) ctx.set('Content-Encoding', encoding);
  ctx.body = bytes ?? file.bytes;
}
