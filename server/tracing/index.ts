export { loadedTracing, Tracing } from './tracing.ts';
