export { registerAuditRoutes } from './auditRoutes.ts';
export { registerBackupRoutes } from './backupRoutes.ts';
export { registerCallbackLifeRoutes } from './callbackLifeRoutes.ts';
export {
  type ChangeConditions,
  type ConfigPart,
  type LiveConfiguration,
  type PartChange,
  registerConfigurationRoutes,
} from './configurationRoutes.ts';
export { registerCustomerRoutes } from './customerRoutes.ts';
export { ADMIN_DESCRIPTION } from './description.ts';
export { registerDrawingRoutes } from './drawingRoutes.ts';
export { partRefused } from './invalidParameter.ts';
export { registerPushAdminRoutes } from './pushRoutes.ts';
export { registerAdminRoutes } from './routes.ts';
export { registerSessionAdminRoutes } from './sessionRoutes.ts';
export { registerSessionSearchRoutes } from './sessionSearchRoutes.ts';
export { registerSupervisionRoutes } from './supervisionRoutes.ts';
export { registerTemplateServiceRoutes } from './templateServiceRoutes.ts';
export { registerTraceRoutes } from './traceRoutes.ts';
export { registerUserRoutes } from './userRoutes.ts';
