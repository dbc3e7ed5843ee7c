import { expect } from 'chai';
import fc from 'fast-check';
import { TargetError } from '../../../strategies/targets/errors.ts';
import {
  formatSkillExpression,
  matchesSkills,
  parseSkillExpression,
  SKILL_OPERATORS,
  type SkillExpression,
} from '../../../strategies/targets/skillExpression.ts';

const COMPARE = {
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
};
const NAMES = ['English', 'Loans', 'Großkunden', 'Level 2', "d'accord", '2nd'];

const compare = fc.record({
  kind: fc.constant('compare' as const),
  skill: fc.constantFrom(...NAMES),
  operator: fc.constantFrom(...SKILL_OPERATORS),
  level: fc.integer({ min: -5, max: 30 }),
});
const { expression } = fc.letrec<{ expression: SkillExpression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    compare,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));
const skills = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: -5, max: 30 }));

function evaluate(node: SkillExpression, levels: Record<string, number>): boolean {
  if (node.kind === 'and') return node.operands.every((operand) => evaluate(operand, levels));
  if (node.kind === 'or') return node.operands.some((operand) => evaluate(operand, levels));
  if (node.kind === 'statistic') throw new Error('none is drawn');
  return COMPARE[node.operator](levels[node.skill] ?? 0, node.level);
}

describe('skill expressions', () => {
  it('mean the same after being written and read', () => {
    fc.assert(
      fc.property(expression, skills, (node, levels) => {
        const read = parseSkillExpression(formatSkillExpression(node));
        expect(matchesSkills(read, levels)).to.equal(evaluate(node, levels));
        expect(formatSkillExpression(parseSkillExpression(formatSkillExpression(read)))).to.equal(
          formatSkillExpression(read),
        );
      }),
    );
  });

  const levels = { English: 20, Loans: 2, 'Level 2': 1 };
  const table: readonly (readonly [string, boolean])[] = [
    ['English=20', true],
    ['English=20&Loans=2', true],
    ['English=20&;Loans=2', true],
    ['English=20&amp;Loans=2', true],
    ['English = 20 && Loans == 3', false],
    ['English>=20 & Loans<=2', true],
    ['English>20|Loans<3', true],
    ['English>20|Loans<2', false],
    ['English!=20', false],
    ['Loans>5|English=20&Loans=2', true],
    ['English=20|Loans=2&Loans=9', false],
    ['English=20|(Loans=2&Loans=9)', true],
    ['Loans=9&English=20|Loans=2', true],
    ['(Loans>5|English=20)&Loans=9', false],
    ['"Level 2"=1', true],
    ["'Level 2'>1", false],
    ['French>-1', true],
    ['French=0', true],
    ['French<=8', true],
    ['French>0', false],
    ['French!=3', true],
    ['toString!=3', true],
  ];
  for (const [text, expected] of table) {
    it(`${text} ${expected ? 'holds' : 'does not hold'}`, () => {
      expect(matchesSkills(parseSkillExpression(text), levels)).to.equal(expected);
    });
  }

  it('let `&` bind closer when the installation wants it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(compare, fc.constantFrom('&', '|')), { minLength: 1 }),
        skills,
        (row, has) => {
          const text = row
            .map(([node, sign], at) => (at === 0 ? '' : sign) + formatSkillExpression(node))
            .join('');
          const holds = row.map(([node]) => evaluate(node, has));
          let leftToRight = holds[0]!;
          const groups: boolean[][] = [[holds[0]!]];
          for (let at = 1; at < row.length; at += 1) {
            const isAnd = row[at]![1] === '&';
            leftToRight = isAnd ? leftToRight && holds[at]! : leftToRight || holds[at]!;
            if (isAnd) groups.at(-1)!.push(holds[at]!);
            else groups.push([holds[at]!]);
          }
          expect(matchesSkills(parseSkillExpression(text), has)).to.equal(leftToRight);
          expect(matchesSkills(parseSkillExpression(text, 'andFirst'), has)).to.equal(
            groups.some((group) => group.every(Boolean)),
          );
        },
      ),
    );
  });

  const faults: readonly (readonly [string, string])[] = [
    ['', "expected a skill name, $(statistic) or '(' at position 1 of '', got the end."],
    ['English', "expected one of >= <= != = > < at position 8 of 'English', got the end."],
    ['English=', "expected a number at position 9 of 'English=', got the end."],
    ['English=high', "expected a number at position 9 of 'English=high', got 'high'."],
    ['(English=2', "expected ')' at position 11 of '(English=2', got the end."],
    ['English=2 Loans=3', "expected '&', '|' or the end at position 11 of 'English=2 Loans=3', got 'Loans'."],
    [
      'English=2%',
      "expected a skill name, $(statistic), a number, an operator or a parenthesis at position 10 of 'English=2%', got '%'.",
    ],
    [
      'English>1&$(StatAgentsTotal)=1',
      "expected a statistic that is measured here (StatAgentLoggedIn, StatAgentLoading, StatAgentLoadingMedia, StatTimeInReadyState, StatAgentOccupancy) at position 13 of 'English>1&$(StatAgentsTotal)=1', got 'StatAgentsTotal'.",
    ],
    [
      'run[Judge,1] > "0"',
      "expected a skill name or $(statistic) at position 1 of 'run[Judge,1] > \"0\"', got 'run': subroutines of Universal Routing do not run here.",
    ],
    ['run>1&', "expected a skill name, $(statistic) or '(' at position 7 of 'run>1&', got the end."],
    [
      'English>1&\n  Loans=>2',
      "expected a number at line 2, column 9 (position 20) of '  Loans=>2', got '>'.",
    ],
  ];
  for (const [text, message] of faults) {
    it(`names the fault of '${text}'`, () => {
      expect(() => parseSkillExpression(text))
        .to.throw(TargetError, `Skill expression: ${message}`)
        .with.property('code', 'SKILL_EXPRESSION_INVALID');
    });
  }

  it('names the limit that a long or deep expression breaks', () => {
    expect(() => parseSkillExpression(`${'('.repeat(65)}a=1${')'.repeat(65)}`)).to.throw(
      TargetError,
      'MAX_SKILL_EXPRESSION_DEPTH',
    );
    expect(() => parseSkillExpression('a=1&'.repeat(2000))).to.throw(
      TargetError,
      'MAX_SKILL_EXPRESSION_LENGTH',
    );
  });
});
