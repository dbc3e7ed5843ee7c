import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import inject, { type InjectPayload } from 'light-my-request';
import { parseBody } from '../../server/bodies/parseBody.ts';
import { errorBoundary } from '../../server/middleware/errorBoundary.ts';
import { gmsHeaders } from '../../server/middleware/replies.ts';
import type { RequestFiles } from '../../server/ors/requestFiles.ts';
import { takesRaw } from '../../server/process/app.ts';
import { createBodyBudget } from './bodyBudget.ts';
import { openGuard } from './openGuard.ts';
import { silentLog } from './silentLog.ts';

export interface RoutesApp {
  readonly callback: RequestListener;
  request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    options?: { readonly headers?: Record<string, string>; readonly payload?: InjectPayload },
  ): Promise<RoutesReply>;
  /** POST of application/x-www-form-urlencoded. */
  form(url: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<RoutesReply>;
}

/** For routes whose requests have no files. */
export const NO_FILES: Pick<RequestFiles, 'fieldsOf'> = { fieldsOf: async (ctx) => ctx.state.form };

export interface RoutesReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  json(): unknown;
}

/** Some routes behind the usual middleware, without a socket. */
export function routesApp(register: (router: Router) => void): RoutesApp {
  const router = new Router();
  register(router);
  const app = new Koa();
  app.use(errorBoundary({ log: silentLog }));
  app.use(gmsHeaders());
  app.use(openGuard().of('customer'));
  app.use(parseBody(createBodyBudget(), takesRaw));
  app.use(router.routes());
  app.use(router.allowedMethods());
  const handle = app.callback();
  const callback: RequestListener = (req, res) => void handle(req, res);

  const request: RoutesApp['request'] = async (method, url, options = {}) => {
    const reply = await inject(callback, { method, url, ...options });
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text: reply.payload,
      json: () => JSON.parse(reply.payload) as unknown,
    };
  };
  return {
    callback,
    request,
    form: (url, fields = {}, headers = {}) =>
      request('POST', url, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: new URLSearchParams(fields).toString(),
      }),
  };
}
