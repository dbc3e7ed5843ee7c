/** Shown while the console is not built. It has no style, because the policy allows none inline. */
export const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Orsay: the console is not built</title>
<h1>The console is not built</h1>
<p>The server runs, and its APIs answer. The web pages of the console are missing: they are made by
<code>npm start</code> or <code>npm run build</code> in the folder of the sources, which need the development
dependencies (<code>npm ci</code>).</p>
<p><a href="/api">The API of this server</a></p>
</html>
`;
