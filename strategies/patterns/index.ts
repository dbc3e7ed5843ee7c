export { translateJavaPattern } from './javaPattern.ts';
export { Patterns } from './patterns.ts';
