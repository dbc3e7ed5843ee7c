import { extname } from 'node:path';
import type Router from '@koa/router';
import { WireError } from '../errors/index.ts';
import type { TemplateStore } from '../templates/index.ts';

/** Content types of a template's files. Other files are served as bytes. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.scxml': 'application/xml;charset=UTF-8',
  '.xml': 'application/xml;charset=UTF-8',
  '.js': 'application/javascript;charset=UTF-8',
  '.json': 'application/json;charset=UTF-8',
  '.vxml': 'application/voicexml+xml;charset=UTF-8',
  '.md': 'text/plain;charset=UTF-8',
  '.txt': 'text/plain;charset=UTF-8',
  '.wav': 'audio/x-wav',
};

/** The documents of service templates. gms-api 5. */
export function registerDocumentRoutes(router: Router, deps: { readonly templates: TemplateStore }): void {
  router.get('/genesys/1/document/service_template/:template/*path', async (ctx) => {
    const { template, path } = ctx.params as { template: string; path: string };
    // The store reads only paths in the template's own list of files, so no other file can be requested.
    const content = await deps.templates.read(template, path);
    if (content === undefined) {
      throw new WireError('TEMPLATE_NOT_FOUND', {
        message: `The template '${template}' has no file '${path}'.`,
      });
    }
    ctx.set('Content-Type', CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream');
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.body = Buffer.from(content);
  });
}
