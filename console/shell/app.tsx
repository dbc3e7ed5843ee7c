import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { reconnected } from '../api/connection.ts';
import { isLoginNeeded, login, readLogin } from '../api/login.ts';
import { Questions } from '../parts/dialog.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { Layout } from './layout.tsx';
import { LoginDialog } from './loginDialog.tsx';
import { PageView } from './pageView.tsx';

/** The whole console: the page of the present address in the layout, and the windows over it. */
export function App(): JSX.Element {
  useEffect(() => {
    void readLoginAtLast();
  }, []);
  const known = login.value;
  return (
    <>
      <Layout>
        {/* Another user gets a new page. */}
        {known?.role !== undefined && <PageView key={`${known.role} ${known.user}`} />}
      </Layout>
      <Questions />
      {isLoginNeeded.value && <LoginDialog />}
      <Toasts />
    </>
  );
}

async function readLoginAtLast(): Promise<void> {
  for (;;) {
    try {
      await readLogin();
      return;
    } catch {
      // The layout says that the server is not reached.
      await reconnected();
    }
  }
}
