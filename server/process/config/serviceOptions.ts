import { isPasswordHash, type ServiceAccount } from '../../identity/index.ts';

/** Options that chat services, open media and e-mail share. */
type Options = Readonly<Record<string, string>>;

/** The problems of the credentials of a service. */
export function accountProblems(options: Options): readonly { name: string; message: string }[] {
  const { _auth_user: user = '', _auth_password_hash: hash = '' } = options;
  const problems: { name: string; message: string }[] = [];
  if ((user === '') !== (hash === '')) {
    problems.push({ name: '_auth_user', message: 'expected _auth_user and _auth_password_hash, or neither' });
  }
  if (user.includes(':')) problems.push({ name: '_auth_user', message: 'expected a name without a colon' });
  if (hash !== '' && !isPasswordHash(hash)) {
    const message = 'expected scrypt$<salt>$<hash>, as `orsay hash-password` prints it';
    problems.push({ name: '_auth_password_hash', message });
  }
  return problems;
}

/** The credentials of a service; undefined: it needs none. */
export function accountOf(options: Options): ServiceAccount | undefined {
  const { _auth_user: user = '', _auth_password_hash: passwordHash = '' } = options;
  return user === '' ? undefined : { user, passwordHash };
}

/** The names in an option, with commas between them. */
export function namesIn(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
