import { expect } from 'chai';
import { MAX_DELAY_MS, parseDelay } from '../../../../engine/interpreter/content/delay.ts';

const CASES: readonly (readonly [string, number | undefined])[] = [
  ['10s', 10_000],
  ['.5s', 500],
  ['1.25s', 1250],
  ['200ms', 200],
  [' 2m ', 120_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  ['5 s', 5000],
  ['0', 0],
  ['0s', 0],
  ['5', undefined],
  ['', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1.s', undefined],
  ['1..5s', undefined],
  ['1e3s', undefined],
  ['10S', undefined],
  ['10 seconds', undefined],
  [`${MAX_DELAY_MS + 1}ms`, undefined],
];

describe('a delay', () => {
  for (const [text, expected] of CASES) {
    it(`'${text}' is ${expected === undefined ? 'none' : `${expected} ms`}`, () => {
      expect(parseDelay(text)).to.equal(expected);
    });
  }
});
