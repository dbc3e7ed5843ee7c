import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { translateJavaPattern } from '../../../strategies/patterns/index.ts';

/** Pattern, values that it matches, values that it does not match, by java.util.regex of JDK 17. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['911', ['911'], ['9111', '0911', '']],
  ['911-?', ['911', '911-'], ['911--']],
  ['\\+33612345678', ['+33612345678'], ['33612345678']],
  ['[\\w.-]+@[\\w-]+\\.[a-z]{2,4}', ['john.doe@gmail.com'], ['blabla', 'a@b.c']],
  ['(?i)abc[d-f]', ['ABCD', 'abcF'], ['abcg']],
  ['a(?i)b(?-i)c', ['abc', 'aBc'], ['Abc', 'abC']],
  ['(?i:a)b', ['Ab'], ['aB']],
  ['[a-z&&[^aeiou]]+', ['xyz'], ['xya']],
  ['[a-z&&[def]]', ['d'], ['a']],
  ['[^a-c&&[b]]', ['a', 'x'], ['b']],
  ['[a-d[m-p]]+', ['am'], ['e']],
  ['[]a]+', [']a'], ['b']],
  ['[^]a]', ['b'], [']', 'a']],
  ['[a-]+', ['a-'], ['b']],
  ['[\\Qa-c\\E]+', ['a-c'], ['b']],
  ['[a\\-c]+', ['a-c'], ['b']],
  ['\\Q1+1\\E', ['1+1'], ['11']],
  ['\\Q+', ['+'], ['']],
  ['\\p{Alpha}+\\p{Digit}', ['ab1'], ['é1']],
  ['\\p{Punct}+', ['!/~'], ['a']],
  ['\\p{L}+', ['éa'], ['1']],
  ['\\pL\\PL', ['a1'], ['aa']],
  ['\\p{IsLatin}+', ['éa'], ['я']],
  ['\\p{IsAlphabetic}+', ['aя'], ['1']],
  ['\\p{IsLu}', ['A'], ['a']],
  ['\\p{script=Cyrillic}', ['я'], ['a']],
  ['\\p{Lower}\\p{Upper}', ['aB'], ['éB', 'ab']],
  ['\\d\\D\\s\\S\\w\\W', ['1a bc '], ['1a\u00a0bc ']],
  ['\\h\\v\\H\\V', [' \nab'], ['\n ab']],
  ['a\\Rb', ['a\r\nb', 'a\nb'], ['ab']],
  ['\\x41\\u0042\\x{43}\\0104\\cA', ['ABCD\x01'], ['ABCD']],
  ['\\ud83d\\ude00', ['😀'], ['x']],
  ['😀+', ['😀😀'], ['😀x']],
  ['.', ['😀', 'a'], ['\n', '\u0085', 'ab']],
  ['(?s).', ['\n'], ['']],
  ['(?d).', ['\r'], ['\n']],
  ['a$', ['a'], ['a\n']],
  ['a$\\n', ['a\n'], ['a']],
  ['(?m)a$\\n^b', ['a\nb'], ['a\n\nb']],
  ['(?m)a\\n^', [], ['a\n']],
  ['a\\Z\\n', ['a\n'], ['a']],
  ['\\Aa\\z', ['a'], ['b']],
  ['(?x) a b # comment\n c', ['abc'], ['a b c']],
  ['(\\d)\\1{2}', ['111'], ['112', '1']],
  ['(?<n>a|b)\\k<n>', ['aa', 'bb'], ['ab']],
  ['(a)(b)\\2\\1', ['abba'], ['abab']],
  ['a*+a', [], ['aaa']],
  ['a++b', ['aab'], ['aa']],
  ['(?>a|ab)c', ['ac'], ['abc']],
  ['a?+b', ['ab', 'b'], ['aab']],
  ['(?=.*\\d)[a-z\\d]+', ['a1'], ['ab']],
  ['(?!900)\\d+', ['800'], ['900']],
  ['.*(?<=5)', ['15'], ['51']],
  ['.*(?<!5)', ['51'], ['15']],
  ['a{2}', ['aa'], ['a', 'aaa']],
  ['a{2,}b{1,2}?', ['aab', 'aaabb'], ['ab']],
  ['\\bword\\b', ['word'], ['words']],
  ['a|b|', ['a', 'b', ''], ['c']],
  ['(a|(b))*c', ['abbac', 'c'], ['d']],
  ['}]', ['}]'], ['}']],
  ['a&b', ['a&b'], ['ab']],
  ['[a&b]+', ['a&b'], ['c']],
  ['(?i)[^a]', ['b'], ['a', 'A']],
];

const REFUSED = [
  '(',
  ')',
  '[a',
  '*a',
  'a**',
  'a{,2}',
  'a{2',
  'a{3,2}',
  'a{1001}',
  '(?:a{100}){100}',
  '[b-a]',
  '[a-\\d]',
  '\\1',
  '(a)|\\1',
  '(a)?\\1',
  '(?u)a',
  '(?U)a',
  '\\X',
  '\\N{DIGIT ONE}',
  '\\p{InGreek}',
  '\\p{constructor}',
  '\\p{Nonsense}',
  '(?<a>x)(?<a>y)',
  '(?<=a++)b',
  '\\',
  '\\y',
  `${'('.repeat(60)}${')'.repeat(60)}`,
  'a'.repeat(1001),
];

const JAVA = `import java.util.*; import java.util.regex.*; import java.nio.charset.StandardCharsets;
public class Oracle { public static void main(String[] a) throws Exception {
  String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  StringBuilder out = new StringBuilder();
  for (String line : text.split("\\uE001")) { String[] p = line.split("\\uE002", -1);
    out.append(Pattern.matches(p[0], p[1]) ? '1' : '0'); }
  System.out.print(out); } }`;

describe('translateJavaPattern', () => {
  const matches = (pattern: string, value: string): boolean =>
    new RegExp(translateJavaPattern(pattern), 'v').test(value);

  for (const [pattern, matching, others] of CASES) {
    it(`keeps the meaning of ${JSON.stringify(pattern)}`, () => {
      expect(matching.filter((value) => !matches(pattern, value))).to.deep.equal([]);
      expect(others.filter((value) => matches(pattern, value))).to.deep.equal([]);
    });
  }

  for (const pattern of REFUSED) {
    it(`refuses ${JSON.stringify(pattern.slice(0, 40))} with a position and a reason`, () => {
      expect(() => translateJavaPattern(pattern)).to.throw(
        /^expected a pattern of java\.util\.regex, got '.*': at position \d+, ./s,
      );
    });
  }

  it('agrees with java.util.regex', function () {
    if (spawnSync('javac', ['-version']).status !== 0) return this.skip();
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'java-patterns-'));
    try {
      writeFileSync(join(folder, 'Oracle.java'), JAVA);
      const values = [...new Set(CASES.flatMap(([, matching, others]) => [...matching, ...others]))];
      const pairs = CASES.flatMap(([pattern]) => values.map((value) => [pattern, value] as const));
      const input = pairs.map((pair) => pair.join('\ue002')).join('\ue001');
      const { stdout, stderr } = spawnSync('java', [join(folder, 'Oracle.java')], {
        input,
        encoding: 'utf8',
      });
      expect(stdout, stderr).to.have.length(pairs.length);
      const differing = pairs.filter(
        ([pattern, value], index) => matches(pattern, value) !== (stdout[index] === '1'),
      );
      expect(differing).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
