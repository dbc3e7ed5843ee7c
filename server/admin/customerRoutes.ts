import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Services } from '../../strategies/callback/index.ts';
import type { CustomerRemoval } from '../../strategies/customer/index.ts';
import type { CustomerProperty } from '../../strategies/instances/index.ts';
import { actorOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';

/** Characters of a value that an error shows. */
const MAX_SHOWN_CHARS = 80;

/** Removal of the data of one customer. */
export function registerCustomerRoutes(
  router: Router,
  deps: {
    readonly services: Services;
    readonly customers: CustomerRemoval;
    /** The properties that find chats of Chat V2, open media and e-mails. */
    readonly digitalProperties: () => readonly string[];
  },
): void {
  router.delete('/genesys/1/admin/customers', async (ctx) => {
    const customer = readCustomer(ctx, deps);
    const { removed, object } = await deps.customers.remove(customer, actorOf(ctx));
    replyJson(ctx, { removed, auditObject: object });
  });
}

/** A property that is not configured now is accepted while instances still have it. */
function readCustomer(
  ctx: Context,
  {
    services,
    digitalProperties,
  }: Pick<Parameters<typeof registerCustomerRoutes>[1], 'services' | 'digitalProperties'>,
): CustomerProperty {
  const given = Object.entries(ctx.state.query);
  const [first] = given;
  if (first === undefined || given.length > 1) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected one property of the customer in the query, such as ?_customer_number=5551234, got ${given.length}.`,
    });
  }
  // Callbacks of many customers may have the same empty property.
  if (typeof first[1] !== 'string' || first[1].trim() === '') {
    const got = JSON.stringify(first[1]).slice(0, MAX_SHOWN_CHARS);
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected one value of ${first[0].slice(0, MAX_SHOWN_CHARS)}, got ${got}.`,
    });
  }
  const customer = { name: first[0], value: first[1] };
  const known = [...new Set([...services.customerProperties(), ...digitalProperties()])];
  if (known.includes(customer.name) || services.ofCustomer(customer).length > 0) return customer;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected one of the properties ${known.join(', ')} (option _customer_lookup_keys), got '${customer.name}'.`,
  });
}
