import { z } from 'zod';
import {
  BUILTIN_SERVICES,
  checkOptions,
  isBuiltin,
  isCallbackService,
} from '../../../strategies/options/index.ts';
import { calendarProblems } from '../../../strategies/slots/index.ts';
import { cellName } from './agents.ts';
import { chatServiceProblems, isChatService } from './chat.ts';
import { openMediaKindOf, openMediaProblems } from './openMedia.ts';

const NAME = /^[A-Za-z_][\w.-]*$/;
/** Characters of the name of a service. Keys of the store contain it. */
const MAX_NAME_CHARS = 128;
/** Options become parameters of a document, which are variables there. */
const OPTION = /^[A-Za-z_$][\w$]*$/;

const optionsSchema = z.record(
  z.string().regex(OPTION, 'expected a name that a document can use as a variable'),
  z.string(),
);
const serviceSchema = optionsSchema.superRefine((options, context) => {
  const { _cell: cell = '' } = options;
  if (cell !== '' && !cellName.safeParse(cell).success) {
    const message = `expected the name of a cell, a lower-case letter and up to 39 of a-z, 0-9 and '-', got '${cell}'`;
    context.addIssue({ code: 'custom', path: ['_cell'], message });
  }
  if (isChatService(options)) {
    for (const { name, message } of chatServiceProblems(options)) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
    return;
  }
  const openMedia = openMediaKindOf(options);
  if (openMedia !== undefined) {
    for (const { name, message } of openMediaProblems(openMedia, options)) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
    return;
  }
  if (options._type !== 'ors' && options._type !== 'builtin') {
    context.addIssue({
      code: 'custom',
      path: ['_type'],
      message: `expected ors, builtin, chat, openmedia or email, got '${options._type ?? ''}'`,
    });
    return;
  }
  if (options._type === 'builtin' && !isBuiltin(options._service)) {
    const message = `expected a service that is built in (${BUILTIN_SERVICES.join(', ')}), got '${options._service ?? ''}'`;
    context.addIssue({ code: 'custom', path: ['_service'], message });
  }
  const problems = isCallbackService(options) ? checkOptions(options) : calendarProblems(options);
  for (const { name, message } of problems) {
    context.addIssue({ code: 'custom', path: [name], message });
  }
});

export const servicesSchema = z.record(
  z.string().regex(NAME, 'expected a service name').max(MAX_NAME_CHARS),
  serviceSchema,
);
