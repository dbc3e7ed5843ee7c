import { expect } from 'chai';
import type { AgentId } from '../../../strategies/ids/index.ts';
import { TargetError } from '../../../strategies/targets/errors.ts';
import { parseTarget, parseTargets, respellTargets } from '../../../strategies/targets/parseTarget.ts';
import { formatTarget, matchesTarget } from '../../../strategies/targets/target.ts';
import { parseTargetList, stepFrom } from '../../../strategies/targets/targetList.ts';
import { asId } from '../../support/ids.ts';

const compare = (skill: string, level: number) => ({ kind: 'compare', skill, operator: '=', level });

describe('targets', () => {
  const table: readonly (readonly [string, object])[] = [
    ['Billing@StatServer.GA', { name: 'Billing', server: 'StatServer', type: 'GA' }],
    ['KSippola@Stat_Server.A', { name: 'KSippola', server: 'Stat_Server', type: 'A' }],
    ['SIP_Server_Place1@S.AP', { name: 'SIP_Server_Place1', server: 'S', type: 'AP' }],
    ['Places@.GP', { name: 'Places', server: '', type: 'GP' }],
    ['Outbound@S.GC', { name: 'Outbound', server: 'S', type: 'GC' }],
    ['7001@SIP_Switch.DN', { name: '7001', server: 'SIP_Switch', type: 'DN' }],
    ['Night Shift@stat.example.com.GA', { name: 'Night Shift', server: 'stat.example.com', type: 'GA' }],
    ['{3}[10]Billing@S.GA', { threshold: 3, weight: 10, name: 'Billing', server: 'S', type: 'GA' }],
    ['Billing.GA', { name: 'Billing', server: '', type: 'GA' }],
    ['[25]8001.Q', { weight: 25, name: '8001', server: '', type: 'Q' }],
    ['{2} [1.5] Billing@.GA', { threshold: 2, weight: 1.5, name: 'Billing', server: '', type: 'GA' }],
    ['[10]Billing@S.ga', { weight: 10, name: 'Billing', server: 'S', type: 'GA' }],
    [
      '?:English=20&;Loans=2@StatServer.GA',
      {
        name: '',
        server: 'StatServer',
        type: 'GA',
        skills: {
          text: 'English=20&;Loans=2',
          expression: { kind: 'and', operands: [compare('English', 20), compare('Loans', 2)] },
        },
      },
    ],
    [
      '{1}?Gold:English=20@S.GA',
      {
        threshold: 1,
        name: 'Gold',
        server: 'S',
        type: 'GA',
        skills: { text: 'English=20', expression: compare('English', 20) },
      },
    ],
  ];
  for (const [text, expected] of table) {
    it(`reads ${text}`, () => {
      expect(parseTarget(text)).to.deep.equal(expected);
    });
  }

  it('reads a comma-separated list and leaves commas within quotes alone', () => {
    expect(parseTargets('A@S.GA, B@S.A,?:"x,y">1@S.GA').map(formatTarget)).to.deep.equal([
      'A@S.GA',
      'B@S.A',
      '?:"x,y">1@S.GA',
    ]);
  });

  const faults: readonly (readonly [string, string, string])[] = [
    ['Billing', 'TARGET_INVALID', "at position 8 of 'Billing', got the end."],
    ['Billing@GA', 'TARGET_INVALID', "at position 11 of 'Billing@GA', got the end."],
    ['@S.GA', 'TARGET_INVALID', "expected a name or ?group:skills at position 1 of '@S.GA', got '@S.GA'."],
    [
      'A@S.GA, [2] .GA',
      'TARGET_INVALID',
      "expected a name or ?group:skills at position 13 of 'A@S.GA, [2] .GA', got '.GA'.",
    ],
    [
      'A@S.XY',
      'TARGET_INVALID',
      "expected a target type (A, AP, C, DL, DN, GA, GC, GP, GQ, Q, RP) at position 5 of 'A@S.XY', got 'XY'.",
    ],
    ['{1A@S.GA', 'TARGET_INVALID', "expected '}' at position 9 of '{1A@S.GA', got the end."],
    ['{many}A@S.GA', 'TARGET_INVALID', "at position 2 of '{many}A@S.GA', got 'many'."],
    [
      '[-1]A@S.GA',
      'TARGET_INVALID',
      "expected the weight to be a number at position 2 of '[-1]A@S.GA', got '-1'.",
    ],
    [
      '?English=20@S.GA',
      'TARGET_INVALID',
      "expected ':' between the group and the skills at position 12 of '?English=20@S.GA', got the end.",
    ],
    ['?:English@S.GA', 'SKILL_EXPRESSION_INVALID', 'expected one of'],
    ['A@S.GA,,B@S.GA', 'TARGET_INVALID', "at position 8 of 'A@S.GA,,B@S.GA', got nothing."],
    ['A@S.A,'.repeat(2_000), 'TARGET_INVALID', 'at most 1000 targets (MAX_TARGETS), got 2001.'],
    ['A@S.A,'.repeat(200_000), 'TARGET_INVALID', 'at most 65536 characters (MAX_TARGET_CHARS), got 1200000.'],
  ];
  for (const [text, code, message] of faults) {
    it(`names the fault of ${text.slice(0, 40)} (${text.length} characters)`, () => {
      expect(() => parseTargets(text))
        .to.throw(TargetError, message)
        .with.property('code', code);
    });
  }

  it('match agents by id, place, group and skills, and no agent by the other types', () => {
    const agent = {
      agentId: asId<AgentId>('KSippola'),
      groups: ['Billing'],
      skills: { English: 20, Loans: 2 },
      place: 'SIP_Server_Place1',
    };
    const matches = (text: string, of: object = agent) =>
      matchesTarget(parseTarget(text), of as typeof agent);
    expect({
      agent: matches('KSippola@S.A'),
      otherAgent: matches('Kim@S.A'),
      place: matches('SIP_Server_Place1@S.AP'),
      group: matches('Billing@S.GA'),
      otherGroup: matches('Sales@S.GA'),
      placeGroup: matches('Billing@S.GP'),
      placeGroupWithoutPlace: matches('Billing@S.GP', { agentId: 'x', groups: ['Billing'], skills: {} }),
      campaign: matches('Billing@S.GC'),
      skills: matches('?:English=20&;Loans=2@StatServer.GA'),
      fewSkills: matches('?:English>20@StatServer.GA'),
      skillsInGroup: matches('?Billing:English=20@S.GA'),
      skillsInOtherGroup: matches('?Sales:English=20@S.GA'),
      withoutSkill: matches('?:French<=8&English=20.GA'),
      skillsOfPlaces: matches('?:English=20@StatServer.GP'),
      queue: matches('Billing@S.Q'),
      dn: matches('KSippola@S.DN'),
    }).to.deep.equal({
      agent: true,
      otherAgent: false,
      place: true,
      group: true,
      otherGroup: false,
      placeGroup: true,
      placeGroupWithoutPlace: false,
      campaign: true,
      skills: true,
      fewSkills: false,
      skillsInGroup: true,
      skillsInOtherGroup: false,
      withoutSkill: true,
      skillsOfPlaces: false,
      queue: false,
      dn: false,
    });
  });
});

describe('targets of an installation where `&` binds closer', () => {
  it('are spelled with parentheses, so that they mean the same everywhere', () => {
    const text = "A@S.GA, [2]?Gold:a=1|b=2&c=3@S.GA,?:a=1&b=2.GA,?:'x,y'=1|b=2&c=3@S.GA";
    expect(respellTargets(text, 'leftToRight')).to.equal(text);
    expect(respellTargets(text, 'andFirst')).to.equal(
      'A@S.GA, [2]?Gold:a=1|(b=2&c=3)@S.GA,?:a=1&b=2.GA,?:"x,y"=1|(b=2&c=3)@S.GA',
    );
    const spelled = parseTargets(respellTargets(text, 'andFirst')).map(({ skills }) => skills?.expression);
    expect(spelled).to.deep.equal(parseTargets(text, 'andFirst').map(({ skills }) => skills?.expression));
  });
});

describe('target lists', () => {
  const entry = (target: string, more: object = {}) => ({ target, timeout: '30', clear: false, ...more });

  it('take one target string, also with a weight in front', () => {
    expect(parseTargetList(' [5]Billing@S.GA ')).to.deep.equal([{ target: '[5]Billing@S.GA', clear: false }]);
  });

  it('take a JSON array with timeouts, clear and conditions', () => {
    const list = [
      entry('A@S.GA', { stat_to_check: 'RStatAgentsReady', stat_operator: '<', stat_value: '1' }),
      entry('B@S.GA', { clear: 'true', timeout: 60 }),
      { target: '?:English=2@S.GA' },
    ];
    expect(parseTargetList(JSON.stringify(list))).to.deep.equal([
      {
        target: 'A@S.GA',
        timeoutMs: 30_000,
        clear: false,
        skipWhen: { stat: 'RStatAgentsReady', operator: '<', value: 1 },
      },
      { target: 'B@S.GA', timeoutMs: 60_000, clear: true },
      { target: '?:English=2@S.GA', clear: false },
    ]);
  });

  it('report every fault of a list at once', () => {
    const list = [
      entry('Billing'),
      entry('?:English=2@S.GA', { stat_to_check: 'StatX', stat_operator: '<', stat_value: 1 }),
      entry('B@S.GA', { stat_to_check: 'RStatAgentsReady' }),
    ];
    expect(() => parseTargetList(JSON.stringify(list)))
      .to.throw(TargetError, /0: Target: expected.*1: expected stat_to_check.*2: expected stat_operator/s)
      .with.property('code', 'TARGET_INVALID');
  });

  it('refuse more than 15 entries, no entry, a wrong timeout, and invalid JSON', () => {
    const refused = [
      JSON.stringify(Array.from({ length: 16 }, () => entry('A@S.GA'))),
      '[]',
      JSON.stringify([entry('A@S.GA', { timeout: 'soon' })]),
      '[{"target":',
      '',
    ];
    for (const text of refused) {
      expect(() => parseTargetList(text), text)
        .to.throw(TargetError)
        .with.property('code', 'TARGET_INVALID');
    }
  });

  it('tell what each field of an entry may be', () => {
    const list = [
      { target: 'A@S.GA', timeout: 'soon', clear: 'maybe', stat_value: 'x', stat_operator: '=' },
      { timeout: '', clear: '' },
      'A@S.GA',
      { target: '' },
    ];
    const text = JSON.stringify(list);
    expect(() => parseTargetList(text)).to.throw(
      TargetError,
      "0: expected timeout to be seconds from 0 to 31536000, got 'soon'; 0: expected clear to be true or false, " +
        "got 'maybe'; 0: expected stat_operator to be '<' or '>', got '='; 0: expected stat_value to be a number, " +
        "got 'x'; 1: expected a target, got none; 2: expected an object with a target, got 'A@S.GA'; " +
        "3: expected target to be a text, got ''",
    );
    const [step] = parseTargetList('[{"target": "A@S.GA", "timeout": "", "stat_value": "", "other": 1}]');
    expect(step).to.deep.equal({ target: 'A@S.GA', clear: false });
  });

  it('skip entries whose condition is true, but never the last', () => {
    const steps = ['a', 'b', 'c'].map((name) => ({ target: `${name}@S.GA`, clear: false }));
    expect([
      stepFrom(steps, 0, []),
      stepFrom(steps, 0, [0]),
      stepFrom(steps, 0, [0, 1, 2]),
      stepFrom(steps, 2, [2]),
    ]).to.deep.equal([0, 1, 2, 2]);
  });
});
