// Run it with `npx mocha order.test.mjs`, in a folder with orsay, mocha and chai installed.
import { expect, use } from 'chai';
import { openDocument, orsayChai } from 'orsay/testing';

use(orsayChai);

const ORDER = new URL('order.scxml', import.meta.url);

describe('an order', () => {
  it('waits for its payment, and reminds the customer after ten minutes', async () => {
    const order = await openDocument(ORDER);
    order.send('checkout');
    expect(order).to.be.in('open'); // an empty order cannot be checked out
    order.send('add', { price: 20 }).send('add', { price: 5 });
    expect(order).to.have.data('total', 25);

    order.send('checkout');
    expect(order).to.be.in('waiting').and.to.accept('pay');
    expect(order.advance('9m')).to.be.in('waiting');
    expect(order.advance('1m')).to.be.in('reminded');
    expect(order.send('pay')).to.have.ended;
  });

  it('needs no reminder when the customer pays at once', async () => {
    const order = await openDocument(ORDER);
    order.send('add', { price: 20 }).send('checkout').send('pay');
    expect(order).to.have.ended.and.to.be.in('paid');
    expect(order.lines.some(({ text }) => text === 'event reminder')).to.equal(false);
  });
});
