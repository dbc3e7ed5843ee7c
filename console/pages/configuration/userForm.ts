import { configurationTexts } from './configurationTexts.ts';
import { given, type PartForm, textOf } from './partForm.ts';

const ROLES = ['viewer', 'agent', 'supervisor', 'debugger', 'administrator', 'platform'];

export function userForm(): PartForm {
  const t = configurationTexts();
  return {
    groups: [
      {
        fields: [
          { name: 'role', label: t.role, choices: ROLES },
          { name: 'agentId', label: t.agentId, hint: t.agentHint },
          { name: 'password', label: t.password, hint: t.passwordHint, kind: 'password' },
        ],
      },
    ],
    rows: [],
    read: ({ role, agentId }) => ({
      fields: { role: textOf(role ?? 'viewer'), agentId: textOf(agentId), password: '' },
      rows: {},
    }),
    write: ({ fields }) => given(fields),
  };
}
