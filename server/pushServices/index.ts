export {
  APNS_SANDBOX_URL,
  APNS_URL,
  ApnsConnection,
  type ApnsCredentials,
  readApnsCertificate,
  readApnsKey,
} from './apns.ts';
export { BoundedConnection, PUSH_LIMITS } from './boundedConnection.ts';
export { CustomHttpConnection } from './customHttp.ts';
export { FCM_URL, FcmConnection, readServiceAccount, type ServiceAccount } from './fcm.ts';
export { readLocalizationFile } from './localizationFile.ts';
