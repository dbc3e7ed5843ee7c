import { expect } from 'chai';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';

function problems(statistics: object): readonly string[] {
  try {
    parseConfig({ ...initialConfig(), statistics }, 'of the test');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const TYPE = { Objects: 'Queue', Category: 'TotalNumber', MainMask: 'CallEntered' };

describe('the section statistics of the configuration', () => {
  it('takes sections of Stat Server', () => {
    const statistics = {
      keptDays: 90,
      timeZone: 'Europe/Paris',
      timeProfiles: { 'Default,Growing': '00:00 +24:00', 'Half,Sliding': '0:30:00', 'Ten,Selection': '10' },
      timeRanges: { Range0_20: '0-20' },
      filters: { VIP: '(PairExists("a","b*") | !PairExists("c","*")) & PairExists("d","")' },
      types: {
        Entered: { ...TYPE, Subject: 'DNAction', Description: 'all', TimeProfile: 'Half' },
        Share: { ...TYPE, Category: 'RelativeNumberPercentage', MainMask: '*', RelMask: '~CallWait' },
        Service: { ...TYPE, Category: 'ServiceFactor1', MainMask: 'CallAnswered' },
        Most: { ...TYPE, Category: 'MaxNumber', MainMask: 'CallWait' },
      },
    };
    expect(problems(statistics)).to.deep.equal([]);
  });

  it('names each definition that is wrong, and what was expected', () => {
    const wrong = {
      timeZone: 'Mars/North',
    };
    expect(problems(wrong)).to.deep.equal(['statistics.timeZone: expected a time zone such as Europe/Paris']);
    const kinds = 'Agent, GroupAgents, Place, Queue, GroupQueues, CallbackService';
    const ofQueue = 'CallWait, CallEntered, CallDistributed, CallAbandoned, CallCleared';
    const cases: readonly (readonly [object, string])[] = [
      [
        { timeProfiles: { 'A,Growing': '24:00' } },
        "timeProfiles.A,Growing: expected times of day such as '00:00 +24:00', '08:00' or '00:00 +01:00', got '24:00'",
      ],
      [
        { timeProfiles: { 'A,Sliding': '0:30:10/0:00:10' } },
        "timeProfiles.A,Sliding: expected a length and a step that divides it, in whole minutes, such as '1:00:00/0:01:00', got '0:30:10/0:00:10'",
      ],
      [
        { timeProfiles: { 'A,Selection': '101' } },
        "timeProfiles.A,Selection: expected a number of actions, 1 to 100, got '101'",
      ],
      [
        { timeProfiles: { 'A,Weekly': '' } },
        "timeProfiles.A,Weekly: expected the kind Growing, Sliding, Selection or SinceLogin, got 'Weekly'",
      ],
      [
        { timeProfiles: { A: '' } },
        "timeProfiles.A: expected the kind Growing, Sliding, Selection or SinceLogin, got ''",
      ],
      [{ timeRanges: { A: '20-0' } }, "timeRanges.A: expected seconds as '0-20', got '20-0'"],
      [
        { filters: { A: 'PairExists("a","b") & (' } },
        `filters.A: expected PairExists("key","value"), ! or ( at character 24, got 'the end'`,
      ],
      [
        { filters: { A: 'PairExists("a","b") x' } },
        "filters.A: expected &, | or the end at character 21, got 'x'",
      ],
      [
        { filters: { A: '!'.repeat(60) } },
        "filters.A: expected at most 50 levels at character 51, got '!!!!!!!!!!'",
      ],
      [{ types: { A: { ...TYPE, Objects: 'Switch' } } }, `types.A.Objects: expected ${kinds}, got 'Switch'`],
      [
        { types: { A: { ...TYPE, Objects: 'Queue, Agent' } } },
        'types.A.Objects: expected only agents, only queues or only callback services',
      ],
      [
        { types: { A: { ...TYPE, MainMask: 'CallRinging' } } },
        `types.A.MainMask: expected *, or actions of this object (${ofQueue}), got 'CallRinging'`,
      ],
      [
        { types: { A: { ...TYPE, MainMask: 'CallWait, ~CallWait' } } },
        "types.A.MainMask: expected at least one action, got 'CallWait, ~CallWait'",
      ],
      [{ types: { A: { ...TYPE, RelMask: '*' } } }, 'types.A.RelMask: expected none for TotalNumber'],
      [
        { types: { A: { ...TYPE, Subject: 'AgentStatus' } } },
        "types.A.Subject: expected DNAction, got 'AgentStatus'",
      ],
      [
        { types: { A: { ...TYPE, Objects: 'GroupQueues', Category: 'MaxNumber', MainMask: 'CallWait' } } },
        'types.A.Objects: expected one of Agent, Queue, CallbackService for MaxNumber',
      ],
      [
        { types: { A: { ...TYPE, Category: 'MaxNumber', MainMask: '*' } } },
        'types.A.MainMask: expected one action for MaxNumber',
      ],
      [
        { types: { A: { ...TYPE, Category: 'ServiceFactor1' } } },
        'types.A.MainMask: expected CallAnswered of a queue for ServiceFactor1',
      ],
      [
        { types: { TotalEntered: TYPE } },
        'types.TotalEntered: expected a name that no built-in statistic has',
      ],
      [
        { types: { A: { ...TYPE, TimeProfile: 'Week' } } },
        "types.A.TimeProfile: expected Default, LastHour, LastCalls, SinceLogin, got 'Week'",
      ],
    ];
    for (const [section, message] of cases) {
      expect(problems(section), message).to.deep.equal([`statistics.${message}`]);
    }
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`r${at}`, '0-1']));
    expect(problems({ timeRanges: many })).to.deep.equal([
      'statistics.timeRanges: expected at most 20 definitions',
    ]);
    expect(problems({ types: { A: { ...TYPE, Category: 'Sum' } } })[0]).to.match(
      /^statistics\.types\.A\.Category: expected CurrentNumber, .*, got 'Sum'$/,
    );
  });
});
