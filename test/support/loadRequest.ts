import type { LoadRequest } from '../../engine/host/hostEngine.ts';

/** A document that includes nothing, to be loaded by a HostEngine. */
export function loadRequest(text: string): LoadRequest {
  return {
    text,
    baseUrl: new URL('memory:///document.scxml'),
    fetchText: async (url) => {
      throw new Error(`There is no ${url.href}.`);
    },
  };
}
