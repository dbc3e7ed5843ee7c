export { registerAuditRoutes } from './auditRoutes.ts';
export { registerBackupRoutes } from './backupRoutes.ts';
export {
  type ChangeConditions,
  type ConfigPart,
  type LiveConfiguration,
  type PartChange,
  partRefused,
  registerConfigurationRoutes,
} from './configurationRoutes.ts';
export { registerCustomerRoutes } from './customerRoutes.ts';
export { ADMIN_DESCRIPTION } from './description.ts';
export { registerPushAdminRoutes } from './pushRoutes.ts';
export { registerAdminRoutes } from './routes.ts';
export { registerSessionAdminRoutes } from './sessionRoutes.ts';
export { registerTraceRoutes } from './traceRoutes.ts';
export { registerUserRoutes } from './userRoutes.ts';
