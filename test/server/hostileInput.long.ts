import { STORES } from '../support/eachStore.ts';
import { describeHostileInput } from '../support/hostileInput.ts';

for (const store of STORES.slice(1)) describeHostileInput(store);
