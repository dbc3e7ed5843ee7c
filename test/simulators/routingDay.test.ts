import { expect } from 'chai';
import { RoutingDay } from './routingDay.ts';

const DAY = {
  teams: [{ name: 'calls', skills: ['calls'], agents: 6, fromHour: 0, toHour: 1 }],
  callsPerHour: { calls: 60 },
  handlingMs: 240_000,
  handlingCv: 1,
  patienceMs: 300_000,
  hours: 1,
  targetMs: 20_000,
  seed: 1,
};

describe('the simulated day of a contact centre', function () {
  this.timeout(60_000);

  it('serves every call or sees its customer give up, the same in each run', async () => {
    const report = await new RoutingDay(DAY).run();
    const [skill] = report.skills;
    expect(skill!.served + skill!.gaveUp).to.equal(skill!.calls);
    expect(skill!.waitsMs).to.have.length(skill!.served);
    expect(await new RoutingDay(DAY).run()).to.deep.equal(report);
  });

  it('lets agents take only calls of their skills', async () => {
    const teams = [{ name: 'sales', skills: ['sales'], agents: 6, fromHour: 0, toHour: 1 }];
    const { skills } = await new RoutingDay({
      ...DAY,
      teams,
      callsPerHour: { sales: 30, service: 30 },
    }).run();
    expect(skills.map(({ served }) => served > 0)).to.deep.equal([true, false]);
  });
});
