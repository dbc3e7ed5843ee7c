import { register } from 'node:module';

register('./builtHooks.mjs', import.meta.url);
