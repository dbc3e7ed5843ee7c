import { expect } from 'chai';
import { stepWithFigures } from '../../../engine/host/stepWithFigures.ts';

describe('the values of statistics that a step asks for', () => {
  it('are read one after the other, with a turn of other work after each', async () => {
    const order: string[] = [];
    const asks = ['one', 'two', 'three'].map((object) => ({ object, statistic: 'StatAgentsTotal' }));
    await stepWithFigures(
      {
        readFigure: async ({ object }) => {
          order.push(object);
          setImmediate(() => order.push('other work'));
          return { value: 1 };
        },
      },
      async (figures) => (figures?.length === 0 ? { asks } : {}),
    );
    expect(order).to.deep.equal(['one', 'other work', 'two', 'other work', 'three', 'other work']);
  });
});
