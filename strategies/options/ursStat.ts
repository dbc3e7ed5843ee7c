import type { ServiceOptions } from './options.ts';

/** The parameters of `lvq` that a urs-stat service sets (`_urs_stat_url_parameters`). */
export function ursStatParameters(options: ServiceOptions): Readonly<Record<string, string>> {
  const { _urs_stat_url_parameters: text = '' } = options;
  // The option may be encoded as a whole.
  const query = text.includes('=') ? text : (new URLSearchParams(`all=${text}`).get('all') ?? '');
  return Object.fromEntries(new URLSearchParams(query));
}

/** True for a service that tells the expected wait of a queue. */
export function isUrsStat({ _type, _service }: ServiceOptions): boolean {
  return _type === 'builtin' && _service === 'urs-stat';
}
