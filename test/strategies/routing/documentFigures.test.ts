import { expect } from 'chai';
import type { Figure } from '../../../engine/interpreter/index.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import {
  type ContactCentre,
  enterQueue,
  openContactCentre,
  readyAgent,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const NOBODY = asId<SessionId>('0'.repeat(32));

const read = (
  centre: ContactCentre,
  object: string,
  statistic: string,
  sessionId = NOBODY,
): Promise<Figure> => centre.routing.figures.read({ object, statistic, sessionId });

/** Three agents of Billing, one of them busy, and two calls in VQ_Billing. */
async function busyCentre(): Promise<ContactCentre> {
  const centre = openContactCentre({
    queueGroups: { All: ['VQ_Billing', 'VQ_Other'] },
    readStatistic: async ({ statistic, objectType, objectId, tenant }) => {
      const asked = `${objectType} ${objectId} ${tenant} ${statistic}`;
      const value = COUNTED[asked];
      if (value === undefined) throw new Error(`Unexpected: ${asked}`);
      return value;
    },
  });
  await readyAgent(centre, 'ann', { place: 'desk1', skills: { French: 5 } });
  await centre.advance(4_000);
  await readyAgent(centre, 'bob');
  await readyAgent(centre, 'kim', { state: 'notReady' });
  for (const vq of ['VQ_Billing', 'VQ_Billing', 'VQ_Other']) {
    await centre.routing.startCall({ target: 'Nobody@.GA', vq, routeDelayMs: 0 });
  }
  await centre.settle();
  return centre;
}

const COUNTED: Readonly<Record<string, number>> = {
  'Agent ann Environment StatAgentOccupancy': 40,
  'GroupAgents ?:French>1 Environment TotalLoginTime': 4,
  'Place desk1 Environment TotalReadyTime': 3,
  'Queue VQ_Billing Environment StatCallsAnswered': 12,
  'GroupQueues All.GQ Environment TotalEntered': 3,
};

describe('the statistics that documents ask for', () => {
  const values: readonly (readonly [object: string, statistic: string, value: number | null])[] = [
    ['Billing@StatServer.GA', 'StatAgentsTotal', 3],
    ['Billing@.GA', 'StatAgentsAvailable', 2],
    ['Billing.GA', 'RStatAgentsReady', 2],
    ['Billing@.GA', 'StatAgentsBusy', 0],
    ['?:French>1@.GA', 'StatAgentsAvailable', 1],
    ['ann@.A', 'StatTimeInReadyState', 4],
    ['kim@.A', 'StatTimeInReadyState', 0],
    ['desk1@.AP', 'StatAgentLoggedIn', 1],
    ['ann@.A', 'StatAgentLoading', 0],
    ['Unknown@.GA', 'StatAgentsTotal', 0],
    ['VQ_Billing@.Q', 'StatCallsInQueue', 2],
    ['VQ_Billing', 'CallsWaiting', 2],
    ['All@.GQ', 'StatCallsInQueue', 3],
    ['Empty@.Q', 'StatCallsInQueue', 0],
    ['VQ_Billing@.Q', 'PositionInQueue', 3],
    ['VQ_Billing@.Q', 'StatExpectedWaitingTime', null],
    ['ann@.A', 'StatAgentOccupancy', 40],
    ['?:French>1@.GA', 'TotalLoginTime', 4],
    ['desk1@.AP', 'TotalReadyTime', 3],
    ['VQ_Billing@.Q', 'StatCallsAnswered', 12],
    ['All@.GQ', 'TotalEntered', 3],
  ];
  it('are those of routing at this moment, and those that are counted', async () => {
    const centre = await busyCentre();
    for (const [object, statistic, value] of values) {
      expect([object, statistic, await read(centre, object, statistic)]).to.deep.equal([
        object,
        statistic,
        { value },
      ]);
    }
  });

  it('have the place of the call that the session submitted', async () => {
    const centre = await busyCentre();
    const sessionId = await enterQueue(centre);
    await centre.sessions.perform('queue.submit', {
      sessionId,
      attributes: { queue: 'VQ_Billing', priority: 1 },
      children: [
        {
          name: 'targets',
          attributes: {},
          params: {},
          children: [{ name: 'targetid', attributes: { expr: 'Nobody@.GA' }, params: {}, children: [] }],
        },
      ],
    });
    await centre.settle();
    expect(await read(centre, 'VQ_Billing@.Q', 'PositionInQueue', sessionId)).to.deep.equal({ value: 1 });
    expect(await read(centre, 'VQ_Billing@.Q', 'PositionInQueue')).to.deep.equal({ value: 4 });
    expect(await read(centre, 'VQ_Other@.Q', 'PositionInQueue', sessionId)).to.deep.equal({ value: 2 });
  });

  const refused: readonly (readonly [object: string, statistic: string, refusal: RegExp])[] = [
    ['{2}Billing@.GA', 'StatAgentsTotal', /without threshold and weight/],
    ['?:French@.GA', 'StatAgentsTotal', /^Skill expression: /],
    ['x@.DN', 'StatAgentsTotal', /expected an object of statistics \(types A, AP, GA, GC, GP, GQ, Q\)/],
    ['', 'StatAgentsTotal', /^Target: /],
    ['None@.GQ', 'StatCallsInQueue', /'None' to be in routing.queueGroups/],
  ];
  it('of a skill expression have the order of & and | that the configuration says', async () => {
    for (const [skillPrecedence, value] of [
      ['leftToRight', 0],
      ['andFirst', 1],
    ] as const) {
      const centre = openContactCentre({ skillPrecedence });
      await readyAgent(centre, 'ann', { skills: { French: 5 } });
      const object = '?:French>1|French>1&German>1@.GA';
      expect(await read(centre, object, 'StatAgentsTotal'), skillPrecedence).to.deep.equal({ value });
    }
  });

  it('are refused where the object or the statistic does not exist', async () => {
    const centre = await busyCentre();
    for (const [object, statistic, refusal] of refused) {
      const figure = await read(centre, object, statistic);
      expect('refusal' in figure ? figure.refusal : figure, object).to.match(refusal);
    }
  });
});
