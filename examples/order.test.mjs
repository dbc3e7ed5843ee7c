// Run it with `npx mocha order.test.mjs`, in a folder with orsay, mocha and chai installed.
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stepper } from 'orsay';

const ORDER = fileURLToPath(new URL('order.scxml', import.meta.url));

describe('an order', () => {
  it('waits for its payment, and reminds the customer after ten minutes', async () => {
    const order = await stepper(ORDER);
    order.start();
    order.send('checkout').expectIn('open'); // an empty order cannot be checked out
    order.send('add', { price: 20 }).send('add', { price: 5 });
    expect(order.get('total')).to.equal(25);

    order.send('checkout').expectIn('waiting');
    order.advance('9m').expectIn('waiting');
    order.advance('1m').expectIn('reminded');
    order.send('pay');
    expect(order.status).to.equal('completed');
  });

  it('needs no reminder when the customer pays at once', async () => {
    const order = await stepper(ORDER);
    order.start();
    order.send('add', { price: 20 }).send('checkout').send('pay');
    expect(order.status).to.equal('completed');

    order.back().expectIn('waiting'); // undo the payment
    order.advance('10m').expectIn('reminded');
  });
});
