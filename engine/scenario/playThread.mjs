// @ts-check
// Runs the JavaScript of a build, and in a checkout the sources (with tsx).
const built = new URL('./playThreadMain.js', import.meta.url).href;
try {
  await import(built);
} catch (error) {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const { register } = await import('tsx/esm/api');
  register();
  await import(built.replace(/js$/, 'ts'));
}
