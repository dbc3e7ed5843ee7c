export {
  type Actor,
  AUDIT_ACTIONS,
  type AuditEntry,
  AuditLog,
  type AuditQuery,
  MAX_LISTED_ENTRIES,
} from './auditLog.ts';
