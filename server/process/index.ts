export { compose } from './compose.ts';
export { readConfigFile } from './configFile.ts';
export { runServer } from './runServer.ts';
