import { z } from 'zod';
import { accessRequest, poolOf } from '../../../strategies/accessNumbers/index.ts';
import { ServiceError } from '../../../strategies/instances/index.ts';
import { checkOption } from '../../../strategies/options/index.ts';

/** Numbers of one pool. */
const MAX_NUMBERS_IN_POOL = 10_000;

const number = z.string().regex(/^[+\d][\d() .-]{0,31}$/, "expected a phone number, such as '8003449999'");

/** The section `accessNumbers`: pools of numbers that customers call, by name. gms-api 5. */
export const accessNumbersSchema = z
  .record(
    z.string().min(1),
    z
      .array(number)
      .min(1)
      .max(MAX_NUMBERS_IN_POOL)
      .refine((numbers) => new Set(numbers).size === numbers.length, 'expected each number once'),
  )
  .default({});

interface Problem {
  readonly option: string;
  readonly message: string;
}

/** The wrong options of a built-in service. */
export function builtinProblems(
  options: Readonly<Record<string, string>>,
  pools: z.infer<typeof accessNumbersSchema>,
): readonly Problem[] {
  if (options._type !== 'builtin') return [];
  switch (options._service) {
    case 'get':
      return ['_online_code', '_offline_code'].flatMap((option) => statusProblem(option, options[option]));
    case 'urs-stat':
      return options._urs_url
        ? [{ option: '_urs_url', message: 'expected none: the queues are those of this server' }]
        : [];
    case 'request-chat-poll':
      return targetProblem(options._target);
    case 'request-interaction':
    case 'request-access':
      return bookingProblems(options, pools);
    default:
      return [];
  }
}

function targetProblem(target = ''): readonly Problem[] {
  const problem = target === '' ? undefined : checkOption('_target', target);
  return problem === undefined ? [] : [{ option: '_target', message: problem }];
}

function statusProblem(option: string, value = ''): readonly Problem[] {
  if (value === '' || /^[2-5]\d\d$/.test(value)) return [];
  return [{ option, message: `expected an HTTP status from 200 to 599, got '${value}'` }];
}

function bookingProblems(
  options: Readonly<Record<string, string>>,
  pools: z.infer<typeof accessNumbersSchema>,
): readonly Problem[] {
  const pool = poolOf(options);
  if (!pool.includes('$') && !Object.hasOwn(pools, pool)) {
    return [{ option: '_resource_group', message: `there is no pool '${pool}' in accessNumbers` }];
  }
  try {
    accessRequest(options, {});
    return [];
  } catch (error) {
    if (error instanceof ServiceError) return [{ option: '_service', message: error.message }];
    throw error;
  }
}
