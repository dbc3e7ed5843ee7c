import { type Config, initialConfig } from '../../server/process/config.ts';

const INITIAL = initialConfig();

/** A configuration of a new installation, which the test may change. A copy takes a tenth of the checks. */
export function testConfig(): Config {
  return structuredClone(INITIAL);
}
