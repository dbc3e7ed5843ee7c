// @ts-check
/** Loads the built modules of the product in place of their sources. */

const ROOT = new URL('../', import.meta.url).href;
const SOURCE = /^(?:engine|strategies|server|cli)\/.*\.ts$/;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const [address = ''] = resolved.url.split('?');
  const path = address.startsWith(ROOT) ? address.slice(ROOT.length) : '';
  if (!SOURCE.test(path)) return resolved;
  return { url: `${ROOT}dist/${path.replace(/ts$/, 'js')}`, format: 'module', shortCircuit: true };
}
