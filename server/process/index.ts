export { readConfigFile } from './configFile.ts';
export { runServer } from './runServer.ts';
