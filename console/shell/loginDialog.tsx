import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { basicOf, logIn, login } from '../api/login.ts';
import { Dialog } from '../parts/dialog.tsx';
import { TextField, useAction } from '../parts/form.tsx';
import { Failed } from '../parts/states.tsx';
import { texts } from '../texts/language.ts';

const t = texts({
  en: {
    title: 'Log in',
    ended: 'The login has ended. The page goes on where it was.',
    user: 'User',
    password: 'Password',
    token: 'Token of the identity provider',
    byToken: 'With a token',
    byPassword: 'With a password',
  },
  de: {
    title: 'Anmelden',
    ended: 'Die Anmeldung ist abgelaufen. Die Seite macht dort weiter, wo sie war.',
    user: 'Benutzer',
    password: 'Kennwort',
    token: 'Token des Identitätsdienstes',
    byToken: 'Mit einem Token',
    byPassword: 'Mit einem Kennwort',
  },
});

/** The form of the login, over a page that keeps everything that was typed. */
export function LoginDialog(): JSX.Element {
  const [user, password, token] = [useSignal(login.value?.user ?? ''), useSignal(''), useSignal('')];
  const isByToken = useSignal(false);
  const action = useAction();
  const authorization = (): string =>
    isByToken.value ? `Bearer ${token.value.trim()}` : basicOf(user.value, password.value);
  return (
    <Dialog title={t().title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(() => logIn(authorization()));
        }}
      >
        {login.value?.user !== undefined && <p>{t().ended}</p>}
        {action.error !== undefined && <Failed error={action.error} />}
        {isByToken.value ? (
          <TextField
            key="token"
            label={t().token}
            type="password"
            required
            autocomplete="off"
            value={token}
            onValue={(value) => {
              token.value = value;
            }}
          />
        ) : (
          <>
            <TextField
              key="user"
              label={t().user}
              name="user"
              required
              autocomplete="username"
              value={user}
              onValue={(value) => {
                user.value = value;
              }}
            />
            <TextField
              key="password"
              label={t().password}
              name="password"
              type="password"
              required
              autocomplete="current-password"
              value={password}
              onValue={(value) => {
                password.value = value;
              }}
            />
          </>
        )}
        <div class="buttons">
          {login.value?.takesTokens === true && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                isByToken.value = !isByToken.value;
              }}
            >
              {isByToken.value ? t().byPassword : t().byToken}
            </button>
          )}
          <button type="submit" class="primary" disabled={action.isBusy}>
            {t().title}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
