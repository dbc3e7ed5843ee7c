import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { CometD, Extension } from 'cometd';

/** The versions of the client that public code uses. Those before the newest are in test/peers. */
export const COMETD_VERSIONS = ['3', '5', '7', '8', '9'] as const;

export type CometdVersion = (typeof COMETD_VERSIONS)[number];

export interface CometdLibrary {
  readonly CometD: new () => CometD;
  readonly AckExtension: new () => Extension;
}

const peers = createRequire(new URL('../peers/package.json', import.meta.url));

/** A version of npm `cometd`. Call `adapt` of cometd-nodejs-client before. */
export async function cometdLibrary(version: CometdVersion): Promise<CometdLibrary> {
  if (version === '9') {
    const [{ CometD }, { AckExtension }] = await Promise.all([
      import('cometd'),
      import('cometd/AckExtension.js'),
    ]);
    return { CometD, AckExtension };
  }
  const name = `cometd-${version}`;
  if (version === '8') {
    const load = (path: string) => import(pathToFileURL(peers.resolve(path)).href);
    const [{ CometD }, { AckExtension }] = await Promise.all([load(name), load(`${name}/AckExtension.js`)]);
    return { CometD, AckExtension };
  }
  const { CometD } = peers(name) as CometdLibrary;
  return { CometD, AckExtension: peers(`${name}/AckExtension`) as CometdLibrary['AckExtension'] };
}
