import type { Json } from '../../../../engine/ports/json.ts';
import { OrsPlayer } from '../../../support/orsPlayer.ts';
import { NS, parse } from '../document/memoryFiles.ts';

const MODULES = ['session', 'ws', 'queue', 'interaction', 'dialog', 'classification', 'statistic']
  .map((name) => `xmlns:${name === 'interaction' ? 'ixn' : name}="http://www.genesyslab.com/modules/${name}"`)
  .join(' ');

export interface PlayOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly params?: { readonly [name: string]: Json };
  /** Of <scxml>. */
  readonly attributes?: string;
}

/**
 * An ORS document around the given lines, which begin at line 2, played to its first stable configuration.
 */
export async function play(lines: string, options: PlayOptions = {}): Promise<OrsPlayer> {
  const xml = `<scxml ${NS} ${MODULES} xmlns:xi="http://www.w3.org/2001/XInclude" version="1.0" profile="ecmascript" ${options.attributes ?? ''}>\n${lines}</scxml>`;
  const document = await parse(xml, options.files);
  return new OrsPlayer(document, { withLogs: true, params: options.params ?? {} });
}

/** The texts that were logged. */
export function logsOf(player: OrsPlayer): string[] {
  return player
    .takeTrace()
    .filter((line) => line.startsWith('log '))
    .map((line) => line.slice(4));
}
