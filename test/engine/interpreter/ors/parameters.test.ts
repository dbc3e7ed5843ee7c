import { expect } from 'chai';
import { logsOf, play } from './play.ts';

/** ors-dialect 2.4. */
describe('start parameters of an ORS session', () => {
  const DATA =
    '<datamodel><data id="a" expr="\'declared\'"/><data id="b" _type="parameter"/></datamodel><state id="s"><datamodel><data id="c" expr="3"/></datamodel>';

  it('replace declared values of the document and of states', async () => {
    const player = await play(
      `${DATA}<onentry><log expr="[_data.a, _data.b.k, _data.c, a]"/></onentry></state>`,
      { params: { a: 'given', b: { k: 1 }, c: 4 } },
    );
    expect(logsOf(player)).to.deep.equal(['given,1,4,given']);
  });

  it('do not replace the declared value when absent, and are ignored when no data item has their name', async () => {
    const player = await play(
      `${DATA}<onentry><log expr="[_data.a, typeof _data.b, _data.c, typeof _data.other, typeof other]"/></onentry></state>`,
      { params: { other: 1 } },
    );
    expect(logsOf(player)).to.deep.equal(['declared,undefined,3,undefined,undefined']);
    expect(player.execution.data()).to.deep.equal({ a: 'declared', c: 3 });
  });

  it('replace an expression without evaluating it', async () => {
    const player = await play('<datamodel><data id="a" expr="nobody.knows"/></datamodel><state id="s"/>', {
      params: { a: 1 },
    });
    expect(player.takeTrace()).to.deep.equal(['enter s']);
  });
});
