import type { Context } from 'koa';

const ID_PATHS: readonly (readonly [field: string, pattern: RegExp])[] = [
  ['sessionId', /^\/scxml\/session\/([^/]{32})(?:\/|$)/],
  ['serviceId', /^\/genesys\/1\/service\/(?:callback\/[^/]+\/)?(\d+-[^/]+)(?:\/|$)/],
  ['connId', /^\/urs\/call\/([^/]+)/],
  ['interactionId', /^\/agent\/1\/interactions\/([^/]+)/],
  ['agentId', /^\/agent\/1\/agents\/([^/]+)/],
];

/** The ids that a request names in its path, and those of what it has made. */
export function idsOfRequest(ctx: Context): Readonly<Record<string, string>> {
  const named = ID_PATHS.flatMap(([field, pattern]) => {
    const found = pattern.exec(ctx.path);
    return found === null ? [] : [[field, found[1] as string]];
  });
  return { ...Object.fromEntries(named), ...ctx.state.ids };
}
