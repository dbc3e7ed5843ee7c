// @ts-check
/** Modules of the product as they were built, in place of their sources: without the loader that runs TypeScript. */

const ROOT = new URL('../', import.meta.url).href;
const SOURCE = /^(?:engine|strategies|server|cli)\/.*\.ts$/;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const { href, pathname } = new URL(resolved.url);
  const path = href.startsWith(ROOT) ? decodeURI(pathname).slice(new URL(ROOT).pathname.length) : '';
  if (!SOURCE.test(path)) return resolved;
  const url = new URL(`dist/${path.replace(/ts$/, 'js')}`, ROOT).href;
  return { url, format: 'module', shortCircuit: true };
}
