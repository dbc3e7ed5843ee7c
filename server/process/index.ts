export { readConfigFile } from './config.ts';
export { runServer } from './runServer.ts';
