// Generated from the descriptions of the routes by `npm run console:api`. Do not edit.

/** The routes of the server: the parameters of each path, its query, its body, and its reply. */
export interface Operations {
  'DELETE /agent/1/agents/:agentId': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /agent/1/interactions/:id/files/:fileId': {
    readonly path: { readonly id: string; readonly fileId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /console/login': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly version: string;
      readonly hasUsers: boolean;
      readonly takesTokens: boolean;
      readonly user?: string;
      readonly role?: 'administrator' | 'supervisor' | 'debugger' | 'agent' | 'platform' | 'viewer';
      readonly agentId?: string;
      readonly until?: string;
      readonly operations: readonly string[];
    };
  };
  'DELETE /genesys/1/admin/customers': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly _customer_number: string };
    readonly body: undefined;
    readonly reply: { readonly removed: Readonly<Record<string, number>>; readonly auditObject: string };
  };
  'DELETE /genesys/1/admin/debug/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/desktop': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/lists/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/patterns/groups/:group': {
    readonly path: { readonly group: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/patterns/list': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/push': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/push/providers/:name': {
    readonly path: { readonly name: string };
    readonly query: { readonly override: string };
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/services/:name': {
    readonly path: { readonly name: string };
    readonly query: { readonly override: string };
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/templates/:name': {
    readonly path: { readonly name: string };
    readonly query: { readonly force: string; readonly reason: string };
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/admin/users/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/notification/subscription/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: undefined;
  };
  'DELETE /genesys/1/notification/subscription/subscriber/:subscriberId': {
    readonly path: { readonly subscriberId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: undefined;
  };
  'DELETE /genesys/1/service/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/service/:id/storage': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/service/:id/storage/:key': {
    readonly path: { readonly id: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/service/callback/:name/:id': {
    readonly path: { readonly name: string; readonly id: string };
    readonly query: { readonly discard_ors_failure: string };
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /genesys/1/storage/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'DELETE /scxml/session/:sid/basichttp': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ({ readonly _scxmleventname?: string } & Readonly<Record<string, unknown>>) | unknown;
    readonly reply: undefined;
  };
  'DELETE /urs/call/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'GET /': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: undefined;
  };
  'GET /agent/1/agents': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly agentId: string;
      readonly state: string;
      readonly mediaStates?: Readonly<Record<string, { readonly state: string; readonly reason?: string }>>;
      readonly groups: readonly string[];
      readonly skills: Readonly<Record<string, number>>;
      readonly place?: string;
      readonly media: readonly string[];
      readonly nickname?: string;
      readonly capacity: number;
      readonly mediaCapacity?: Readonly<Record<string, number>>;
      readonly reason?: string;
      readonly current: number;
    }[];
  };
  'GET /agent/1/agents/:agentId': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly agentId: string;
      readonly state: string;
      readonly mediaStates?: Readonly<Record<string, { readonly state: string; readonly reason?: string }>>;
      readonly groups: readonly string[];
      readonly skills: Readonly<Record<string, number>>;
      readonly place?: string;
      readonly media: readonly string[];
      readonly nickname?: string;
      readonly capacity: number;
      readonly mediaCapacity?: Readonly<Record<string, number>>;
      readonly reason?: string;
    };
  };
  'GET /agent/1/agents/:agentId/capacity': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly agentId: string;
      readonly current: number;
      readonly max: number;
      readonly more: number;
      readonly media: Readonly<
        Record<
          string,
          {
            readonly state: string;
            readonly reason?: string;
            readonly current: number;
            readonly max: number;
            readonly more: number;
          }
        >
      >;
    };
  };
  'GET /agent/1/agents/:agentId/events': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /agent/1/agents/:agentId/interactions': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly ({
      readonly interactionId: string;
      readonly serviceId?: string;
      readonly state: string;
      readonly media: string;
      readonly userData: Readonly<Record<string, unknown>>;
      readonly wrapupUntil?: unknown;
      readonly disposition?: string;
      readonly notes?: string;
    } & Readonly<Record<string, unknown>>)[];
  };
  'GET /agent/1/cannedTexts': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly group: string; readonly language: string };
    readonly body: undefined;
    readonly reply: {
      readonly groups: readonly string[];
      readonly languages: readonly string[];
      readonly texts: readonly {
        readonly id: string;
        readonly title?: string;
        readonly group?: string;
        readonly language?: string;
        readonly text: string;
      }[];
    };
  };
  'GET /agent/1/interactions': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly after: string };
    readonly body: undefined;
    readonly reply: {
      readonly interactions: readonly ({
        readonly interactionId: string;
        readonly serviceId?: string;
        readonly state: string;
        readonly media: string;
        readonly userData: Readonly<Record<string, unknown>>;
        readonly wrapupUntil?: unknown;
        readonly disposition?: string;
        readonly notes?: string;
        readonly agentId?: string;
      } & Readonly<Record<string, unknown>>)[];
      readonly next?: string;
    };
  };
  'GET /agent/1/interactions/:id': {
    readonly path: { readonly id: string };
    readonly query: { readonly position: string };
    readonly body: undefined;
    readonly reply: {
      readonly interactionId: string;
      readonly serviceId?: string;
      readonly state: string;
      readonly media: string;
      readonly userData: Readonly<Record<string, unknown>>;
      readonly wrapupUntil?: unknown;
      readonly disposition?: string;
      readonly notes?: string;
      readonly agentId?: string;
      readonly transcript?: readonly ({
        readonly type: string;
        readonly party: Readonly<Record<string, unknown>>;
        readonly text: string;
        readonly seconds: number;
      } & Readonly<Record<string, unknown>>)[];
      readonly nextPosition?: number;
      readonly service?: string;
      readonly type?: string;
      readonly subtype?: string;
      readonly externalId?: string;
      readonly email?: Readonly<Record<string, unknown>>;
    } & Readonly<Record<string, unknown>>;
  };
  'GET /agent/1/interactions/:id/files': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly files: readonly {
        readonly fileId: string;
        readonly name: string;
        readonly size: number;
        readonly contentType: string;
        readonly description?: string;
        readonly userData: Readonly<Record<string, string>>;
        readonly by: { readonly type: string; readonly nickname: string };
        readonly at: number;
      }[];
    };
  };
  'GET /agent/1/interactions/:id/files/:fileId': {
    readonly path: { readonly id: string; readonly fileId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /agent/1/interactions/:id/history': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly customer: Readonly<Record<string, string>>;
      readonly chats: readonly ({
        readonly interactionId: string;
        readonly subject: string;
        readonly startedAt: number;
      } & Readonly<Record<string, unknown>>)[];
      readonly openMedia: readonly ({
        readonly interactionId: string;
        readonly media: string;
        readonly startedAt: number;
      } & Readonly<Record<string, unknown>>)[];
      readonly callbacks: readonly ({
        readonly serviceId: string;
        readonly service: string;
        readonly state: string;
      } & Readonly<Record<string, unknown>>)[];
    };
  };
  'GET /agent/1/interactions/:id/history/:earlier': {
    readonly path: { readonly id: string; readonly earlier: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly interactionId: string;
      readonly serviceId?: string;
      readonly state: string;
      readonly media: string;
      readonly userData: Readonly<Record<string, unknown>>;
      readonly wrapupUntil?: unknown;
      readonly disposition?: string;
      readonly notes?: string;
    } & Readonly<Record<string, unknown>>;
  };
  'GET /agent/1/settings': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly notReadyReasons: readonly { readonly code: string; readonly text: string }[];
      readonly dispositions: readonly { readonly code: string; readonly text: string }[];
      readonly afterWork: { readonly seconds: number; readonly disposition: 'optional' | 'required' };
    };
  };
  'GET /api': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /api/:file': {
    readonly path: { readonly file: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /console/login': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly version: string;
      readonly hasUsers: boolean;
      readonly takesTokens: boolean;
      readonly user?: string;
      readonly role?: 'administrator' | 'supervisor' | 'debugger' | 'agent' | 'platform' | 'viewer';
      readonly agentId?: string;
      readonly until?: string;
      readonly operations: readonly string[];
    };
  };
  'GET /console{/*path}': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/agents/:agentId/states': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly from: string;
      readonly to: string;
      readonly states: readonly {
        readonly state: 'loggedOut' | 'notReady' | 'ready' | 'afterWork' | 'busy';
        readonly from: string;
        readonly to: string;
      }[];
    };
  };
  'GET /genesys/1/admin/audit': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly action: string;
      readonly who: string;
      readonly object: string;
      readonly since: string;
      readonly until: string;
      readonly before: string;
      readonly limit: string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly entries: readonly ({
        readonly id: string;
        readonly at: string;
        readonly action:
          | 'agent.changed'
          | 'agent.removed'
          | 'callback.cancelled'
          | 'callback.changed'
          | 'callback.created'
          | 'callbacks.cancelled'
          | 'callbacks.read'
          | 'callbacks.reported'
          | 'configuration.changed'
          | 'customer.removed'
          | 'desktop.changed'
          | 'desktop.removed'
          | 'document.allowed'
          | 'document.stopped'
          | 'login'
          | 'login.refused'
          | 'pattern.changed'
          | 'pattern.removed'
          | 'list.changed'
          | 'list.removed'
          | 'push.changed'
          | 'push.removed'
          | 'push.tested'
          | 'service.changed'
          | 'service.removed'
          | 'session.debugged'
          | 'session.retried'
          | 'session.terminated'
          | 'template.removed'
          | 'template.rolledBack'
          | 'template.uploaded'
          | 'trace.exported'
          | 'user.changed'
          | 'user.removed';
        readonly object?: string;
        readonly details?: Readonly<Record<string, unknown>>;
      } & Readonly<Record<string, unknown>>)[];
      readonly next?: string;
    };
  };
  'GET /genesys/1/admin/backup': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/callback/:id/life': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly _id: string;
      readonly service: string;
      readonly state: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly reason: string;
      readonly customer: Readonly<Record<string, string>>;
      readonly gmsUser?: string;
      readonly dataId: string;
      readonly startedBy?: string;
      readonly createdAt: string;
      readonly desiredTime: string;
      readonly bookedFor?: string;
      readonly expiresAt: string;
      readonly submitAttempts: number;
      readonly isHeld: boolean;
      readonly agentAnnounced: boolean;
      readonly announcedAt?: string;
      readonly confirmedAt?: string;
      readonly session?: {
        readonly _id: string;
        readonly src: string;
        readonly status: 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed';
        readonly states: readonly string[];
        readonly startedAt: string;
        readonly endedAt?: string;
        readonly reason?: string;
      };
      readonly calls: readonly {
        readonly _id: string;
        readonly state: string;
        readonly queue: string;
        readonly enteredAt: string;
        readonly position: number;
        readonly waiting: number;
        readonly estimatedWaitSeconds?: number;
        readonly agentId?: string;
      }[];
      readonly chat?: {
        readonly _id: string;
        readonly startedAt: string;
        readonly isPushed: boolean;
        readonly parties: readonly {
          readonly at: string;
          readonly type: string;
          readonly name: string;
          readonly isJoin: boolean;
        }[];
        readonly endedAt?: string;
        readonly endedBy?: string;
      };
      readonly interactions: readonly {
        readonly _id: string;
        readonly media: string;
        readonly state: string;
        readonly queue: string;
        readonly sessionId?: string;
        readonly agentId?: string;
        readonly createdAt: string;
        readonly queuedAt?: string;
        readonly endedAt?: string;
        readonly endedBy?: string;
        readonly disposition?: string;
      }[];
    };
  };
  'GET /genesys/1/admin/callback/calendar': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly service: string; readonly date: string; readonly days: string };
    readonly body: undefined;
    readonly reply: {
      readonly service: string;
      readonly timezone: string;
      readonly slotMinutes: number;
      readonly now: string;
      readonly latest: string;
      readonly days: readonly {
        readonly date: string;
        readonly start: string;
        readonly end: string;
        readonly open: readonly { readonly start: string; readonly end: string }[];
        readonly slots: readonly { readonly start: string; readonly free: number; readonly total: number }[];
      }[];
    };
  };
  'GET /genesys/1/admin/callback/queues': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly target: string;
      readonly start_time: string;
      readonly end_time: string;
      readonly states: string;
      readonly max: string;
      readonly _callback_state: string;
    };
    readonly body: undefined;
    readonly reply: Readonly<
      Record<
        string,
        readonly ({
          readonly _id: string;
          readonly _service_name: string;
          readonly _callback_state:
            | 'SCHEDULED'
            | 'QUEUED'
            | 'ROUTING'
            | 'PROCESSING'
            | 'PAUSED'
            | 'COMPLETED';
          readonly _callback_reason?: string;
          readonly _desired_time: string;
          readonly _expiration_time: string;
          readonly _data_id: string;
          readonly _url: string;
          readonly url: string;
        } & Readonly<Record<string, string>>)[]
      >
    >;
  };
  'GET /genesys/1/admin/callback/watermarks': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly service_name: string };
    readonly body: undefined;
    readonly reply: { readonly services: Readonly<Record<string, number>>; readonly total: number };
  };
  'GET /genesys/1/admin/debug': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
    }[];
  };
  'GET /genesys/1/admin/debug/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
      readonly note: string;
      readonly maxPauseSeconds: number;
      readonly breakpoints: readonly (
        | { readonly kind: 'state'; readonly id: string; readonly condition?: string }
        | { readonly kind: 'event'; readonly name: string; readonly condition?: string }
        | { readonly kind: 'line'; readonly file: string; readonly line: number; readonly condition?: string }
        | { readonly kind: 'condition'; readonly condition: string }
      )[];
      readonly steps: readonly {
        readonly type: 'step';
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly sendid?: string;
        readonly invokeid?: string;
        readonly origin?: string;
        readonly resultOf?: string;
        readonly at: string;
        readonly lines: readonly {
          readonly text: string;
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
        }[];
        readonly changes: readonly {
          readonly path: string;
          readonly before?: unknown;
          readonly after?: unknown;
          readonly omitted?: true;
        }[];
        readonly moreChanges?: number;
        readonly effects: readonly ({
          readonly kind:
            | 'send'
            | 'timer'
            | 'timerCancelled'
            | 'invoke'
            | 'uninvoke'
            | 'module'
            | 'answer'
            | 'log';
          readonly id?: string;
          readonly name?: string;
          readonly data?: unknown;
          readonly dataOmitted?: true;
        } & Readonly<Record<string, unknown>>)[];
        readonly moreEffects?: number;
        readonly configuration?: readonly string[];
      }[];
      readonly document?: string;
      readonly configuration?: readonly string[];
      readonly states?: readonly {
        readonly id: string;
        readonly file: string;
        readonly line: number;
        readonly column: number;
      }[];
      readonly data?: unknown;
      readonly timers?: readonly {
        readonly key: string;
        readonly event: string;
        readonly sendid: string;
        readonly dueAt: string;
      }[];
      readonly waiting?: readonly {
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly since: string;
      }[];
      readonly waitingCount?: number;
    };
  };
  'GET /genesys/1/admin/debug/:id/events': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/debug/sessions/:sid': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly session: string;
      readonly status: 'running';
      readonly startedAt: string;
      readonly documentHash: string;
      readonly isStopped: boolean;
      readonly document: string;
      readonly configuration: readonly string[];
      readonly states: readonly {
        readonly id: string;
        readonly file: string;
        readonly line: number;
        readonly column: number;
      }[];
      readonly data?: unknown;
      readonly timers: readonly {
        readonly key: string;
        readonly event: string;
        readonly sendid: string;
        readonly dueAt: string;
      }[];
      readonly waiting: readonly {
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly since: string;
      }[];
      readonly waitingCount: number;
    };
  };
  'GET /genesys/1/admin/debug/sessions/:sid/document': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly url: string;
      readonly hash: string;
      readonly dialect: 'ors' | 'w3c';
      readonly sources: readonly { readonly url: string; readonly text: string }[];
    };
  };
  'GET /genesys/1/admin/debug/sessions/:sid/events': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/debug/sessions/:sid/steps': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/debug/sessions/:sid/steps/:step': {
    readonly path: { readonly sid: string; readonly step: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly session: string;
      readonly step: number;
      readonly status: 'running' | 'completed' | 'terminated' | 'failed';
      readonly at: string;
      readonly documentHash: string;
      readonly document: string;
      readonly configuration: readonly string[];
      readonly data?: unknown;
      readonly states: readonly {
        readonly id: string;
        readonly file: string;
        readonly line: number;
        readonly column: number;
      }[];
      readonly timers: readonly {
        readonly key: string;
        readonly event: string;
        readonly sendid: string;
        readonly dueAt: string;
      }[];
    };
  };
  'GET /genesys/1/admin/debug/sessions/:sid/timers': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly key: string;
      readonly event: string;
      readonly sendid: string;
      readonly dueAt: string;
    }[];
  };
  'GET /genesys/1/admin/desktop': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly cannedTexts?: readonly {
        readonly id: string;
        readonly text: string;
        readonly title?: string;
        readonly group?: string;
        readonly language?: string;
      }[];
      readonly notReadyReasons?: readonly { readonly code: string; readonly text: string }[];
      readonly dispositions?: readonly { readonly code: string; readonly text: string }[];
      readonly afterWork?: { readonly seconds?: number; readonly disposition?: 'optional' | 'required' };
    };
  };
  'GET /genesys/1/admin/documents': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly documentHash: string;
      readonly src: string;
      readonly sessions: number;
      readonly more?: true;
    }[];
  };
  'GET /genesys/1/admin/documents/:hash/drawing': {
    readonly path: { readonly hash: string };
    readonly query: { readonly format: string };
    readonly body: undefined;
    readonly reply:
      | string
      | {
          readonly title: string;
          readonly width: number;
          readonly height: number;
          readonly files: readonly string[];
          readonly states: readonly {
            readonly id: string;
            readonly group: string;
            readonly kind: string;
            readonly file: number;
            readonly line: number;
            readonly x: number;
            readonly y: number;
            readonly width: number;
            readonly height: number;
            readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
          }[];
          readonly transitions: readonly {
            readonly transition: number;
            readonly group: string;
            readonly source: string;
            readonly file: number;
            readonly line: number;
            readonly points: readonly { readonly x: number; readonly y: number }[];
            readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
          }[];
        };
  };
  'GET /genesys/1/admin/documents/blocked': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly { readonly document: string; readonly at: string }[];
  };
  'GET /genesys/1/admin/lists': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  'GET /genesys/1/admin/lists/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, unknown>>;
  };
  'GET /genesys/1/admin/node/status': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply:
      | string
      | {
          readonly status: 'ONLINE' | 'OFFLINE';
          readonly role: 'single' | 'owner' | 'follower';
          readonly ready: boolean;
          readonly name?: string;
          readonly node?: string;
          readonly owner?: string;
          readonly address?: string;
          readonly claim?: number;
          readonly head?: number;
          readonly lag?: number;
        };
  };
  'GET /genesys/1/admin/patterns': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly list?: Readonly<Record<string, string>>;
      readonly groups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
  };
  'GET /genesys/1/admin/patterns/groups/:group': {
    readonly path: { readonly group: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, string>>;
  };
  'GET /genesys/1/admin/patterns/list': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, string>>;
  };
  'GET /genesys/1/admin/push': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly provider?: Readonly<
        Record<string, Readonly<Record<string, string | number | boolean | null>>>
      >;
    } & Readonly<Record<string, unknown>>;
  };
  'GET /genesys/1/admin/push/providers': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, Readonly<Record<string, string | number | boolean | null>>>>;
  };
  'GET /genesys/1/admin/push/providers/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, string | number | boolean | null>>;
  };
  'GET /genesys/1/admin/queues': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly agents: Readonly<Record<string, number>>;
      readonly busyAgents: number;
      readonly queueCount: number;
      readonly queues: readonly {
        readonly key: string;
        readonly name?: string;
        readonly waiting: number;
        readonly oldestSeconds: number;
        readonly agents: { readonly loggedIn: number; readonly free: number };
        readonly estimate?: {
          readonly seconds: number;
          readonly fromSeconds: number;
          readonly toSeconds: number;
          readonly isRough: boolean;
        };
        readonly accuracy?: {
          readonly calls: number;
          readonly waitSeconds: number;
          readonly saidSeconds: number;
          readonly inBand: number;
        };
        readonly today: {
          readonly entered: number;
          readonly served: number;
          readonly servedInTime: number;
          readonly inTimeSeconds: number;
          readonly abandoned: number;
          readonly serviceLevel?: number;
        };
      }[];
    };
  };
  'GET /genesys/1/admin/queues/agents': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly queue: string };
    readonly body: undefined;
    readonly reply: { readonly agents: readonly { readonly agentId: string; readonly isFree: boolean }[] };
  };
  'GET /genesys/1/admin/queues/calls': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly queue: string };
    readonly body: undefined;
    readonly reply: {
      readonly calls: readonly {
        readonly connId: string;
        readonly position: number;
        readonly enteredAt: string;
        readonly estimatedSeconds?: number;
        readonly session?: string;
        readonly service?: string;
      }[];
    };
  };
  'GET /genesys/1/admin/services': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  'GET /genesys/1/admin/services/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, string>>;
  };
  'GET /genesys/1/admin/sessions': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly status: string;
      readonly documentHash: string;
      readonly after: string;
      readonly limit: string;
    };
    readonly body: undefined;
    readonly reply: readonly {
      readonly _id: string;
      readonly src: string;
      readonly status: 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed';
      readonly configuration: readonly string[];
      readonly startedAt: string;
      readonly endedAt?: string;
      readonly donedata?: unknown;
      readonly reason?: string;
      readonly documentHash: string;
    }[];
  };
  'GET /genesys/1/admin/sessions/:sid/trace': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/sessions/search': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly status: string;
      readonly waiting: string;
      readonly document: string;
      readonly service: string;
      readonly customer: string;
      readonly find: string;
      readonly limit: string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly found: number;
      readonly counts: {
        readonly scheduled: number;
        readonly running: number;
        readonly setAside: number;
        readonly completed: number;
        readonly terminated: number;
        readonly failed: number;
        readonly waiting: number;
      };
      readonly more?: true;
      readonly sessions: readonly {
        readonly _id: string;
        readonly src: string;
        readonly documentHash: string;
        readonly status: 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed';
        readonly configuration: readonly string[];
        readonly startedAt: string;
        readonly endedAt?: string;
        readonly reason?: string;
        readonly service?: {
          readonly id: string;
          readonly name: string;
          readonly state: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
          readonly reason: string;
        };
        readonly customer?: readonly string[];
      }[];
    };
  };
  'GET /genesys/1/admin/sessions/search/events': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/templates': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly name: string;
      readonly origin: 'installed' | 'uploaded';
      readonly version?: string;
      readonly uploadedAt?: string;
      readonly files: readonly string[];
    }[];
  };
  'GET /genesys/1/admin/templates/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly name: string;
      readonly origin: 'installed' | 'uploaded';
      readonly version?: string;
      readonly uploadedAt?: string;
      readonly files: readonly string[];
    };
  };
  'GET /genesys/1/admin/templates/:name/archive': {
    readonly path: { readonly name: string };
    readonly query: { readonly version: string };
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/admin/templates/:name/comparison': {
    readonly path: { readonly name: string };
    readonly query: { readonly file: string; readonly version: string; readonly to: string };
    readonly body: undefined;
    readonly reply: {
      readonly changes: readonly {
        readonly kind: 'added' | 'removed' | 'changed';
        readonly what: string;
        readonly how?: string;
      }[];
    };
  };
  'GET /genesys/1/admin/templates/:name/drawing': {
    readonly path: { readonly name: string };
    readonly query: { readonly file: string; readonly version: string; readonly format: string };
    readonly body: undefined;
    readonly reply:
      | string
      | {
          readonly title: string;
          readonly width: number;
          readonly height: number;
          readonly files: readonly string[];
          readonly states: readonly {
            readonly id: string;
            readonly group: string;
            readonly kind: string;
            readonly file: number;
            readonly line: number;
            readonly x: number;
            readonly y: number;
            readonly width: number;
            readonly height: number;
            readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
          }[];
          readonly transitions: readonly {
            readonly transition: number;
            readonly group: string;
            readonly source: string;
            readonly file: number;
            readonly line: number;
            readonly points: readonly { readonly x: number; readonly y: number }[];
            readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
          }[];
        };
  };
  'GET /genesys/1/admin/templates/:name/options': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly name: string;
      readonly version?: string;
      readonly hasManifest: boolean;
      readonly description?: string;
      readonly isCallback: boolean;
      readonly options: readonly {
        readonly name: string;
        readonly category: string;
        readonly description: string;
        readonly type:
          | 'boolean'
          | 'integer'
          | 'limit'
          | 'string'
          | 'names'
          | 'url'
          | 'urls'
          | 'range'
          | 'period'
          | 'thresholds'
          | 'target'
          | 'object'
          | 'choice';
        readonly choices?: readonly string[];
        readonly default?: string;
        readonly mandatory: boolean;
        readonly media: 'chat' | 'voice' | 'both';
        readonly since?: string;
        readonly until?: string;
        readonly hasEffect: boolean;
        readonly noEffect?: string;
      }[];
      readonly profiles: readonly {
        readonly name: string;
        readonly description?: string;
        readonly values: Readonly<Record<string, string>>;
        readonly missing: readonly string[];
        readonly unavailable?: string;
      }[];
    };
  };
  'GET /genesys/1/admin/templates/:name/versions': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: readonly {
      readonly name: string;
      readonly origin: 'installed' | 'uploaded';
      readonly version?: string;
      readonly uploadedAt?: string;
      readonly files: readonly string[];
      readonly isPresent: boolean;
    }[];
  };
  'GET /genesys/1/admin/traces': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly after: string; readonly limit: string };
    readonly body: undefined;
    readonly reply: readonly {
      readonly sessionId: string;
      readonly root: string;
      readonly src: string;
      readonly documentHash: string;
      readonly startedAt: string;
    }[];
  };
  'GET /genesys/1/admin/users': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, { readonly role: string; readonly agentId?: string }>>;
  };
  'GET /genesys/1/admin/users/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly role: string; readonly agentId?: string };
  };
  'GET /genesys/1/admin/warnings': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly warnings: readonly {
        readonly at: string;
        readonly level: 'warn' | 'error';
        readonly message: string;
        readonly reason?: string;
        readonly session?: string;
      }[];
    };
  };
  'GET /genesys/1/document/service_template/:template/*path': {
    readonly path: { readonly template: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/phonenumber': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly number: string; readonly country: string; readonly geocodingLocale: string };
    readonly body: undefined;
    readonly reply: {
      readonly 'number-specified': string;
      readonly 'number-original': string;
      readonly 'number-E164': string;
      readonly 'number-international': string;
      readonly 'number-national': string;
      readonly 'number-national-short': string;
      readonly 'number-type': string;
      readonly 'country-code': number;
      readonly 'country-code-source':
        | 'FROM_NUMBER_WITH_PLUS_SIGN'
        | 'FROM_NUMBER_WITH_IDD'
        | 'FROM_DEFAULT_COUNTRY';
      readonly 'country-default': string;
      readonly 'region-code': string;
      readonly extension: string;
      readonly 'is-possible-number': boolean;
      readonly 'is-valid-number': boolean;
      readonly 'is-valid-number-for-region': boolean;
      readonly 'is-premium': boolean;
      readonly 'italian-leading-zero': boolean;
      readonly carrier: string;
      readonly location: string;
      readonly 'time-zone': string;
      readonly 'language-specified': string;
    };
  };
  'GET /genesys/1/service/:id/check-queue-position': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: unknown;
  };
  'GET /genesys/1/service/:id/storage': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, unknown>>;
  };
  'GET /genesys/1/service/:id/storage/:key': {
    readonly path: { readonly id: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, unknown>>;
  };
  'GET /genesys/1/service/:id/storage/binary/:key': {
    readonly path: { readonly id: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/service/:service': {
    readonly path: { readonly service: string };
    readonly query: {
      readonly start: string;
      readonly timestamp: string;
      readonly end: string;
      readonly 'number-of-days': string;
      readonly 'start-ms': string;
      readonly 'end-ms': string;
      readonly timezone: string;
      readonly name: string;
      readonly tenant: string;
      readonly aqt: string;
    };
    readonly body: undefined;
    readonly reply: unknown;
  };
  'GET /genesys/1/service/:serviceId/ixn/chat/refresh': {
    readonly path: { readonly serviceId: string };
    readonly query: { readonly transcriptPosition: string; readonly _verbose: string };
    readonly body: undefined;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'GET /genesys/1/service/callback': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly _customer_number: string;
      readonly operand: string;
      readonly _id: string;
      readonly _callback_state: string;
      readonly _desired_time_from: string;
      readonly _desired_time_to: string;
    };
    readonly body: undefined;
    readonly reply: readonly ({
      readonly _id: string;
      readonly _service_name: string;
      readonly _callback_state: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly _callback_reason?: string;
      readonly _desired_time: string;
      readonly _expiration_time: string;
      readonly _data_id: string;
      readonly _url: string;
      readonly url: string;
    } & Readonly<Record<string, string>>)[];
  };
  'GET /genesys/1/service/callback/:name': {
    readonly path: { readonly name: string };
    readonly query: {
      readonly _customer_number: string;
      readonly operand: string;
      readonly _id: string;
      readonly _callback_state: string;
      readonly _desired_time_from: string;
      readonly _desired_time_to: string;
    };
    readonly body: undefined;
    readonly reply: readonly ({
      readonly _id: string;
      readonly _service_name: string;
      readonly _callback_state: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly _callback_reason?: string;
      readonly _desired_time: string;
      readonly _expiration_time: string;
      readonly _data_id: string;
      readonly _url: string;
      readonly url: string;
    } & Readonly<Record<string, string>>)[];
  };
  'GET /genesys/1/service/callback/:name/availability': {
    readonly path: { readonly name: string };
    readonly query: {
      readonly start: string;
      readonly timestamp: string;
      readonly end: string;
      readonly 'number-of-days': string;
      readonly 'start-ms': string;
      readonly 'end-ms': string;
      readonly timezone: string;
      readonly 'max-time-slots': string;
    };
    readonly body: undefined;
    readonly reply: Readonly<Record<string, number>>;
  };
  'GET /genesys/1/storage/:id': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<string, unknown>>;
  };
  'GET /genesys/1/storage/:id/:key': {
    readonly path: { readonly id: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/1/storage/binary/:id/:key': {
    readonly path: { readonly id: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /genesys/2/service/callback/:name/availability': {
    readonly path: { readonly name: string };
    readonly query: {
      readonly start: string;
      readonly timestamp: string;
      readonly end: string;
      readonly 'number-of-days': string;
      readonly 'start-ms': string;
      readonly 'end-ms': string;
      readonly timezone: string;
      readonly 'max-time-slots': string;
      readonly 'report-busy': string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly durationMin: number;
      readonly timezone?: string;
      readonly slots: readonly {
        readonly utcTime: string;
        readonly localTime?: string;
        readonly capacity: number;
        readonly total: number;
      }[];
    };
  };
  'GET /genesys/cometd{/*path}': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: { readonly message: string; readonly jsonp: string };
    readonly body: undefined;
    readonly reply: undefined;
  };
  'GET /genesys/resources/storagetest.html': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /health/live': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly status: 'live' };
  };
  'GET /health/ready': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly status: 'ready' | 'not ready' };
  };
  'GET /metrics': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'GET /openapi.json': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly openapi: '3.1.0';
      readonly info: Readonly<Record<string, unknown>>;
      readonly paths: Readonly<Record<string, unknown>>;
    } & Readonly<Record<string, unknown>>;
  };
  'GET /ors/help': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly operations: readonly Readonly<Record<string, unknown>>[] };
  };
  'GET /scxml/session/:sid/query': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly _id: string;
      readonly src: string;
      readonly status: 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed';
      readonly configuration: readonly string[];
      readonly data?: unknown;
      readonly startedAt: string;
      readonly endedAt?: string;
      readonly donedata?: unknown;
      readonly reason?: string;
      readonly documentHash: string;
    };
  };
  'GET /urs/call/:id/delete': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'GET /urs/call/:id/func': {
    readonly path: { readonly id: string };
    readonly query: { readonly name: string; readonly params: string; readonly sync: string };
    readonly body: undefined;
    readonly reply: { readonly result?: unknown };
  };
  'GET /urs/call/:id/invoke': {
    readonly path: { readonly id: string };
    readonly query: { readonly strategy: string; readonly DELAY: string };
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'GET /urs/call/:id/lvq': {
    readonly path: { readonly id: string };
    readonly query: {
      readonly name: string;
      readonly tenant: string;
      readonly aqt: string;
      readonly estimates: string;
      readonly agent_logged_in: string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly time: number;
      readonly wt: number;
      readonly calls: number;
      readonly pos: number;
      readonly wpos: number;
      readonly hit: number;
      readonly ewt?: number;
      readonly agent_logged_in?: boolean;
      readonly ewt_p50?: number;
      readonly ewt_p90?: number;
      readonly ewt_rough?: boolean;
    };
  };
  'GET /urs/call/:id/lvq/:vq': {
    readonly path: { readonly id: string; readonly vq: string };
    readonly query: {
      readonly name: string;
      readonly tenant: string;
      readonly aqt: string;
      readonly estimates: string;
      readonly agent_logged_in: string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly time: number;
      readonly wt: number;
      readonly calls: number;
      readonly pos: number;
      readonly wpos: number;
      readonly hit: number;
      readonly ewt?: number;
      readonly agent_logged_in?: boolean;
      readonly ewt_p50?: number;
      readonly ewt_p90?: number;
      readonly ewt_rough?: boolean;
    };
  };
  'GET /urs/call/:id/query': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly conn_id: string;
      readonly state: 'held' | 'delayed' | 'routable' | 'announcing' | 'routed' | 'removed';
      readonly strategy: string;
      readonly tenant: string;
      readonly vq: string;
      readonly entered: number;
      readonly agent?: string;
      readonly data?: Readonly<Record<string, string>>;
    };
  };
  'GET /urs/call/:id/reply': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: undefined;
  };
  'GET /urs/call/:id/reply/:ref': {
    readonly path: { readonly id: string; readonly ref: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: undefined;
  };
  'GET /urs/call/:method/help': {
    readonly path: { readonly method: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly methods: readonly Readonly<Record<string, unknown>>[] };
  };
  'GET /urs/call/start': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: {
      readonly tenant: string;
      readonly strategy: string;
      readonly VQ_TARGET: string;
      readonly VQ: string;
      readonly SESSION: string;
      readonly SERVICE_ID: string;
      readonly MEDIA: string;
      readonly PRIORITY: string;
      readonly PRIORITY_INCREMENT: string;
      readonly PRIORITY_INCREMENT_INTERVAL: string;
      readonly AGENT_RESERVE_TIMEOUT: string;
      readonly TELL_POSITION: string;
      readonly TELL_QUEUE: string;
    };
    readonly body: undefined;
    readonly reply: {
      readonly conn_id: string;
      readonly tell_position?: number;
      readonly lvq?: {
        readonly time: number;
        readonly wt: number;
        readonly calls: number;
        readonly pos: number;
        readonly wpos: number;
        readonly hit: number;
        readonly ewt?: number;
        readonly agent_logged_in?: boolean;
        readonly ewt_p50?: number;
        readonly ewt_p90?: number;
        readonly ewt_rough?: boolean;
      };
    };
  };
  'GET /urs/help': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: { readonly methods: readonly Readonly<Record<string, unknown>>[] };
  };
  'GET /widget/orsay-chat.js': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: string;
  };
  'POST /agent/1/interactions/:id/accept': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly interactionId: string;
      readonly serviceId?: string;
      readonly state: string;
      readonly media: string;
      readonly userData: Readonly<Record<string, unknown>>;
      readonly wrapupUntil?: unknown;
      readonly disposition?: string;
      readonly notes?: string;
    } & Readonly<Record<string, unknown>>;
  };
  'POST /agent/1/interactions/:id/complete': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly disposition?: string;
      readonly notes?: string;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/conference': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly to: { readonly agentId: string };
      readonly text?: string;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/consult': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly to: { readonly agentId: string };
      readonly text?: string;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/files': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly agentId?: string;
      readonly description?: string;
      readonly file: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly fileId: string };
  };
  'POST /agent/1/interactions/:id/join': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/leave': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/message': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly text: string;
      readonly visibility?: 'ALL' | 'INT' | 'VIP';
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly position: number };
  };
  'POST /agent/1/interactions/:id/monitor': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly visibility?: 'VIP' | 'INT'; readonly agentId?: string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/notice': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly text: string;
      readonly visibility?: 'ALL' | 'INT' | 'VIP';
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly position: number };
  };
  'POST /agent/1/interactions/:id/outcome': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly disposition?: string;
      readonly notes?: string;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/pushUrl': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly url: string; readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly position: number };
  };
  'POST /agent/1/interactions/:id/reject': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/remove': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly participant: string; readonly agentId?: string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/reply': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly text: string; readonly subject?: string; readonly agentId?: string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: { readonly reply: number };
  };
  'POST /agent/1/interactions/:id/startTyping': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly text?: string; readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/stopTyping': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly text?: string; readonly agentId?: string } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/transfer': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly to: { readonly agentId?: string; readonly queue?: string };
      readonly text?: string;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /agent/1/interactions/:id/userData': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly userData: Readonly<Record<string, unknown>>;
      readonly agentId?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /console/login': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly version: string;
      readonly hasUsers: boolean;
      readonly takesTokens: boolean;
      readonly user?: string;
      readonly role?: 'administrator' | 'supervisor' | 'debugger' | 'agent' | 'platform' | 'viewer';
      readonly agentId?: string;
      readonly until?: string;
      readonly operations: readonly string[];
    };
  };
  'POST /genesys/1/admin/callback/cancel': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly reason: string; readonly ids: readonly string[] };
    readonly reply: readonly {
      readonly _id: string;
      readonly cancelled: boolean;
      readonly message?: string;
    }[];
  };
  'POST /genesys/1/admin/callback/reportcancelled': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly callback_reason: string; readonly exported_properties?: readonly string[] };
    readonly reply: string;
  };
  'POST /genesys/1/admin/debug': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly session?: string; readonly nextOf?: string };
    readonly reply: {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
      readonly note: string;
      readonly maxPauseSeconds: number;
      readonly breakpoints: readonly (
        | { readonly kind: 'state'; readonly id: string; readonly condition?: string }
        | { readonly kind: 'event'; readonly name: string; readonly condition?: string }
        | { readonly kind: 'line'; readonly file: string; readonly line: number; readonly condition?: string }
        | { readonly kind: 'condition'; readonly condition: string }
      )[];
      readonly steps: readonly {
        readonly type: 'step';
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly sendid?: string;
        readonly invokeid?: string;
        readonly origin?: string;
        readonly resultOf?: string;
        readonly at: string;
        readonly lines: readonly {
          readonly text: string;
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
        }[];
        readonly changes: readonly {
          readonly path: string;
          readonly before?: unknown;
          readonly after?: unknown;
          readonly omitted?: true;
        }[];
        readonly moreChanges?: number;
        readonly effects: readonly ({
          readonly kind:
            | 'send'
            | 'timer'
            | 'timerCancelled'
            | 'invoke'
            | 'uninvoke'
            | 'module'
            | 'answer'
            | 'log';
          readonly id?: string;
          readonly name?: string;
          readonly data?: unknown;
          readonly dataOmitted?: true;
        } & Readonly<Record<string, unknown>>)[];
        readonly moreEffects?: number;
        readonly configuration?: readonly string[];
      }[];
      readonly document?: string;
      readonly configuration?: readonly string[];
      readonly states?: readonly {
        readonly id: string;
        readonly file: string;
        readonly line: number;
        readonly column: number;
      }[];
      readonly data?: unknown;
      readonly timers?: readonly {
        readonly key: string;
        readonly event: string;
        readonly sendid: string;
        readonly dueAt: string;
      }[];
      readonly waiting?: readonly {
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly since: string;
      }[];
      readonly waitingCount?: number;
    };
  };
  'POST /genesys/1/admin/debug/:id/continue': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
    };
  };
  'POST /genesys/1/admin/debug/:id/evaluate': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly expression: string };
    readonly reply: { readonly value?: unknown };
  };
  'POST /genesys/1/admin/debug/:id/pause': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
    };
  };
  'POST /genesys/1/admin/debug/:id/step': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly id: string;
      readonly who: string;
      readonly state: 'waiting' | 'stopped' | 'running' | 'ended';
      readonly nextOf?: string;
      readonly session?: string;
    };
  };
  'POST /genesys/1/admin/debug/sessions/:sid/event': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly name: string; readonly data?: unknown };
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/admin/debug/sessions/:sid/fork': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly step?: number;
      readonly inputs: readonly (
        | {
            readonly kind: 'event';
            readonly name: string;
            readonly data?: unknown;
            readonly sendid?: string;
            readonly invokeid?: string;
            readonly afterMs?: number;
          }
        | { readonly kind: 'timer'; readonly key: string; readonly afterMs?: number }
        | { readonly kind: 'terminate'; readonly afterMs?: number }
      )[];
    };
    readonly reply: {
      readonly taken: number;
      readonly steps: readonly {
        readonly type: 'step';
        readonly kind: 'start' | 'event' | 'timer' | 'continue' | 'terminate';
        readonly name: string;
        readonly data?: unknown;
        readonly dataOmitted?: true;
        readonly sendid?: string;
        readonly invokeid?: string;
        readonly origin?: string;
        readonly resultOf?: string;
        readonly at: string;
        readonly lines: readonly {
          readonly text: string;
          readonly file?: string;
          readonly line?: number;
          readonly column?: number;
        }[];
        readonly changes: readonly {
          readonly path: string;
          readonly before?: unknown;
          readonly after?: unknown;
          readonly omitted?: true;
        }[];
        readonly moreChanges?: number;
        readonly effects: readonly ({
          readonly kind:
            | 'send'
            | 'timer'
            | 'timerCancelled'
            | 'invoke'
            | 'uninvoke'
            | 'module'
            | 'answer'
            | 'log';
          readonly id?: string;
          readonly name?: string;
          readonly data?: unknown;
          readonly dataOmitted?: true;
        } & Readonly<Record<string, unknown>>)[];
        readonly moreEffects?: number;
        readonly configuration?: readonly string[];
      }[];
      readonly moreSteps?: number;
      readonly state: {
        readonly status: 'running' | 'completed' | 'terminated' | 'failed';
        readonly at: string;
        readonly documentHash: string;
        readonly document: string;
        readonly configuration: readonly string[];
        readonly data?: unknown;
        readonly states: readonly {
          readonly id: string;
          readonly file: string;
          readonly line: number;
          readonly column: number;
        }[];
        readonly timers: readonly {
          readonly key: string;
          readonly event: string;
          readonly sendid: string;
          readonly dueAt: string;
        }[];
      };
    };
  };
  'POST /genesys/1/admin/debug/sessions/:sid/timers/:key/fire': {
    readonly path: { readonly sid: string; readonly key: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/admin/documents/allow': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly document: string };
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/admin/documents/block': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly document: string };
    readonly reply: { readonly document: string; readonly sessions: number };
  };
  'POST /genesys/1/admin/drawing': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly dialect?: 'ors' | 'w3c';
      readonly sources: readonly { readonly url: string; readonly text: string }[];
    };
    readonly reply: {
      readonly title: string;
      readonly width: number;
      readonly height: number;
      readonly files: readonly string[];
      readonly states: readonly {
        readonly id: string;
        readonly group: string;
        readonly kind: string;
        readonly file: number;
        readonly line: number;
        readonly x: number;
        readonly y: number;
        readonly width: number;
        readonly height: number;
        readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
      }[];
      readonly transitions: readonly {
        readonly transition: number;
        readonly group: string;
        readonly source: string;
        readonly file: number;
        readonly line: number;
        readonly points: readonly { readonly x: number; readonly y: number }[];
        readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
      }[];
    };
  };
  'POST /genesys/1/admin/push/providers/:name/test': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly type: 'comet' | 'httpcb' | 'orscb' | 'ios' | 'android' | 'gcm' | 'fcm' | 'customhttp';
      readonly deviceId: string;
      readonly debug?: boolean;
      readonly message?: string | Readonly<Record<string, unknown>>;
      readonly properties?: Readonly<Record<string, string | number | boolean | null>>;
      readonly authorization?: string;
    };
    readonly reply: {
      readonly result: 'delivered' | 'gone' | 'failed';
      readonly receipt?: string;
      readonly reason?: string;
      readonly retry?: boolean;
      readonly retryAfterMs?: number;
    };
  };
  'POST /genesys/1/admin/push/test': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly type: 'comet' | 'httpcb' | 'orscb' | 'ios' | 'android' | 'gcm' | 'fcm' | 'customhttp';
      readonly deviceId: string;
      readonly debug?: boolean;
      readonly message?: string | Readonly<Record<string, unknown>>;
      readonly properties?: Readonly<Record<string, string | number | boolean | null>>;
      readonly authorization?: string;
    };
    readonly reply: {
      readonly result: 'delivered' | 'gone' | 'failed';
      readonly receipt?: string;
      readonly reason?: string;
      readonly retry?: boolean;
      readonly retryAfterMs?: number;
    };
  };
  'POST /genesys/1/admin/sessions/:sid/retry': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/admin/sessions/retry': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly sessions: readonly string[]; readonly reason: string };
    readonly reply: {
      readonly results: readonly {
        readonly _id: string;
        readonly done: boolean;
        readonly code?: string;
        readonly message?: string;
      }[];
    };
  };
  'POST /genesys/1/admin/sessions/terminate': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly sessions: readonly string[]; readonly reason: string };
    readonly reply: {
      readonly results: readonly {
        readonly _id: string;
        readonly done: boolean;
        readonly code?: string;
        readonly message?: string;
      }[];
    };
  };
  'POST /genesys/1/admin/templates/:name/rollback': {
    readonly path: { readonly name: string };
    readonly query: { readonly override: string };
    readonly body: { readonly version: string };
    readonly reply: {
      readonly name: string;
      readonly origin: 'installed' | 'uploaded';
      readonly version?: string;
      readonly uploadedAt?: string;
      readonly files: readonly string[];
      readonly warnings?: readonly string[];
    };
  };
  'POST /genesys/1/admin/templates/:name/services': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly name: string;
      readonly profile?: string;
      readonly options?: Readonly<Record<string, string>>;
    };
    readonly reply: {
      readonly name: string;
      readonly options: Readonly<Record<string, string>>;
      readonly warnings: readonly { readonly option: string; readonly message: string }[];
    };
  };
  'POST /genesys/1/internal_statistic': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly objectId: string;
      readonly objectType: string;
      readonly tenant?: string;
      readonly metric?: string;
      readonly statisticType?: string;
      readonly notificationMode?: '' | 'NoNotification' | 'Reset' | 'Immediate';
      readonly filter?: string;
      readonly timeProfile?: string;
      readonly timeRange?: string;
      readonly timeRange2?: string;
    };
    readonly reply: { readonly value: number };
  };
  'POST /genesys/1/notification/publish': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly tag?: string;
      readonly message?: string | Readonly<Record<string, unknown>> | readonly unknown[] | null;
      readonly mediaType?: 'string' | 'localizestring' | null;
      readonly providerName?: string | null;
      readonly notificationDetails?:
        | ({
            readonly type?: 'comet' | 'httpcb' | 'orscb' | 'ios' | 'android' | 'gcm' | 'fcm' | 'customhttp';
            readonly deviceId?: string;
            readonly properties?: Readonly<Record<string, unknown>> | null;
          } & Readonly<Record<string, unknown>>)
        | null;
      readonly data?: { readonly content: Readonly<Record<string, unknown>> } & Readonly<
        Record<string, unknown>
      >;
    } & Readonly<Record<string, unknown>>;
    readonly reply: undefined;
  };
  'POST /genesys/1/notification/subscription': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly subscriberId: string;
      readonly filter: string;
      readonly notificationDetails: {
        readonly type: 'comet' | 'httpcb' | 'orscb' | 'ios' | 'android' | 'gcm' | 'fcm' | 'customhttp';
        readonly deviceId?: string;
        readonly properties?: Readonly<Record<string, unknown>> | null;
      } & Readonly<Record<string, unknown>>;
      readonly authorization?: string | null;
      readonly expire?: number | string | null;
      readonly providerName?: string | null;
      readonly language?: string | null;
    } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly id: string };
  };
  'POST /genesys/1/patterns': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<string, string>>;
  };
  'POST /genesys/1/patterns/group/:group': {
    readonly path: { readonly group: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<string, string>>;
  };
  'POST /genesys/1/service/:id/:request': {
    readonly path: { readonly id: string; readonly request: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: unknown;
  };
  'POST /genesys/1/service/:id/storage': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/service/:service': {
    readonly path: { readonly service: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly _customer_number?: string | number | boolean;
      readonly _desired_time?: string;
      readonly _callback_state?: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly _callback_reason?: string;
      readonly _urs_virtual_queue?: string;
      readonly _request_queue_time_stat?: string;
      readonly _device_os?: string;
      readonly _device_notification_id?: string;
      readonly _verbose?: string;
      readonly _phone_number?: string;
      readonly _provide_code?: string;
      readonly _id?: string;
      readonly start?: string;
      readonly timestamp?: string;
      readonly end?: string;
      readonly 'number-of-days'?: string | number;
      readonly 'start-ms'?: string;
      readonly 'end-ms'?: string;
      readonly timezone?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: unknown;
  };
  'POST /genesys/1/service/:serviceId/ixn/chat': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly subject?: string | number | boolean;
      readonly firstName?: string;
      readonly lastName?: string;
      readonly email?: string;
      readonly userDisplayName?: string;
      readonly notify_by?: 'comet' | '';
      readonly subscriptionID?: string;
      readonly message?: string | number | boolean;
      readonly transcriptPosition?: string | number;
      readonly _verbose?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/customNotice': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly message: string | number | boolean;
      readonly transcriptPosition?: string | number;
      readonly _verbose?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/disconnect': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly _verbose?: string } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/refresh': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly message?: string | number | boolean;
      readonly transcriptPosition?: string | number;
      readonly _verbose?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/send': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly message: string | number | boolean;
      readonly transcriptPosition?: string | number;
      readonly _verbose?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/startTyping': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly transcriptPosition?: string | number; readonly _verbose?: string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/:serviceId/ixn/chat/stopTyping': {
    readonly path: { readonly serviceId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly transcriptPosition?: string | number; readonly _verbose?: string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: {
      readonly chatIxnState?: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
      readonly chatServiceMessage?: string;
      readonly chatSessionId?: string;
      readonly transcriptPosition?: string;
      readonly transcriptToShow?: readonly (readonly string[])[];
      readonly startedAt?: string;
      readonly userId?: string;
      readonly secureKey?: string;
      readonly checkChatServiceLoadBalancerPath?: string;
      readonly chatServerLoadBalancerAlias?: string;
      readonly chatServerHost?: string;
      readonly chatWebApiPort?: string;
      readonly isTLSrequired?: 'true' | 'false';
      readonly clientTimeZoneOffset?: string;
      readonly _chatIxnAPI_SEND_URL?: string;
      readonly _chatIxnAPI_REFRESH_URL?: string;
      readonly _chatIxnAPI_START_TYPING_URL?: string;
      readonly _chatIxnAPI_STOP_TYPING_URL?: string;
      readonly _chatIxnAPI_DISCONNECT_URL?: string;
      readonly _chatIxnAPI_REFRESH_FROM_START_URL?: string;
      readonly _chatIxnAPI_SEND_CUSTOM_URL?: string;
      readonly _id?: string;
      readonly comet_channel?: string;
    };
  };
  'POST /genesys/1/service/callback/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly _customer_number?: string | number | boolean;
      readonly _desired_time?: string;
      readonly _callback_state?: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly _callback_reason?: string;
      readonly _urs_virtual_queue?: string;
      readonly _request_queue_time_stat?: string;
      readonly _device_os?: string;
      readonly _device_notification_id?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: { readonly _id: string } & Readonly<Record<string, unknown>>;
  };
  'POST /genesys/1/statistic': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly objectId: string;
      readonly objectType: string;
      readonly tenant?: string;
      readonly metric?: string;
      readonly statisticType?: string;
      readonly notificationMode?: '' | 'NoNotification' | 'Reset' | 'Immediate';
      readonly filter?: string;
      readonly timeProfile?: string;
      readonly timeRange?: string;
      readonly timeRange2?: string;
    };
    readonly reply: { readonly value: number };
  };
  'POST /genesys/1/statistics': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, string>>;
    readonly reply: Readonly<Record<string, number>>;
  };
  'POST /genesys/1/storage/:id/:ttl': {
    readonly path: { readonly id: string; readonly ttl: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /genesys/1/storage/:ttl': {
    readonly path: { readonly ttl: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: { readonly id: string };
  };
  'POST /genesys/2/chat-ntf': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly operation?:
        | 'fileGetLimits'
        | 'fileGetsLimits'
        | 'fileUpload'
        | 'fileDownload'
        | 'download'
        | 'fileDelete';
      readonly secureKey?: string;
      readonly 'userData[file-description]'?: string;
      readonly fileId?: string;
      readonly file?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly Readonly<Record<string, unknown>>[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId?: string;
      readonly userData?: { readonly 'file-id': string };
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service': {
    readonly path: { readonly service: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly nickname?: string;
      readonly firstName?: string;
      readonly lastName?: string;
      readonly emailAddress?: string;
      readonly subject?: string;
      readonly text?: string;
      readonly endpoint?: string;
      readonly userData?: Readonly<Record<string, unknown>> | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/customNotice': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly message?: string;
      readonly eventAttributes?: Readonly<Record<string, unknown>> | string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/disconnect': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/file': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey?: string;
      readonly 'userData[file-description]'?: string;
      readonly file?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly Readonly<Record<string, unknown>>[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId?: string;
      readonly userData?: { readonly 'file-id': string };
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/file/:fileId/delete': {
    readonly path: { readonly service: string; readonly chatId: string; readonly fileId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly secureKey?: string } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly Readonly<Record<string, unknown>>[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId?: string;
      readonly userData?: { readonly 'file-id': string };
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/file/:fileId/download': {
    readonly path: { readonly service: string; readonly chatId: string; readonly fileId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly secureKey?: string } & Readonly<Record<string, unknown>>;
    readonly reply: string;
  };
  'POST /genesys/2/chat/:service/:chatId/file/limits': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly secureKey?: string } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly Readonly<Record<string, unknown>>[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId?: string;
      readonly userData?: { readonly 'file-id': string };
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/pushUrl': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly pushUrl: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/readReceipt': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/refresh': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly message?: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/send': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly message: string;
      readonly messageType?: string;
      readonly eventAttributes?: Readonly<Record<string, unknown>> | string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/startTyping': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly message?: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/stopTyping': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly message?: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/updateData': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly userData?: Readonly<Record<string, unknown>> | string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/chat/:service/:chatId/updateNickname': {
    readonly path: { readonly service: string; readonly chatId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly secureKey: string;
      readonly userId?: string;
      readonly alias?: string;
      readonly nickname: string;
      readonly transcriptPosition?: number | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly messages: readonly {
        readonly from: { readonly nickname: string; readonly participantId: number; readonly type: string };
        readonly index: number;
        readonly text?: string;
        readonly messageType?: string;
        readonly type: string;
        readonly utcTime: number;
        readonly userData?: Readonly<Record<string, string>>;
        readonly eventAttributes?: Readonly<Record<string, unknown>>;
      }[];
      readonly chatEnded: boolean;
      readonly statusCode: 0 | 1 | 2;
      readonly alias: string;
      readonly secureKey?: string;
      readonly userId?: string;
      readonly chatId: string;
      readonly nextPosition?: number;
      readonly monitored?: boolean;
      readonly idleTimerExpire?: number;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/email/:service': {
    readonly path: { readonly service: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly firstName: string;
      readonly lastName: string;
      readonly fromAddress: string;
      readonly subject: string;
      readonly text: string;
      readonly mailbox?: string;
      readonly userData?: Readonly<Record<string, unknown>> | string;
      readonly files?: string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/email/:service/:interactionId/get': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
      readonly properties?: {
        readonly interactionId: string;
        readonly interactionExternalId?: string;
        readonly interactionType?: string;
        readonly interactionSubtype?: string;
        readonly interactionMediatype: string;
        readonly interactionTenantId: number;
        readonly interactionQueue: string;
        readonly interactionState: 'Queued' | 'Routing' | 'Handling' | 'Stopped';
        readonly interactionIsLocked: boolean;
        readonly interactionIsOnline: boolean;
        readonly interactionIsHeld: boolean;
        readonly interactionAgentId?: string;
        readonly interactionSubmittedBy: string;
        readonly interactionSubmitSeq?: number;
        readonly interactionReceivedAt: string;
        readonly interactionSubmittedAt: string;
        readonly interactionPlacedInQueueAt: string;
        readonly interactionMovedToQueueAt: string;
        readonly interactionCompletedAt?: string;
        readonly interactionStopReason?: string;
        readonly interactionUserData: readonly { readonly key: string; readonly value: string }[];
      };
      readonly email?: {
        readonly firstName: string;
        readonly lastName: string;
        readonly fromAddress: string;
        readonly subject: string;
        readonly text: string;
        readonly mailbox?: string;
        readonly attachments: readonly {
          readonly name: string;
          readonly size: number;
          readonly contentType: string;
        }[];
        readonly replies: readonly {
          readonly subject: string;
          readonly text: string;
          readonly sentAt: string;
        }[];
      };
    };
  };
  'POST /genesys/2/email/:service/:interactionId/stop': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/email/:service/:interactionId/update': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly userData?: Readonly<Record<string, unknown>> | string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/openmedia/:service': {
    readonly path: { readonly service: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly externalId?: string;
      readonly interactionType?: string;
      readonly interactionSubType?: string;
      readonly mediaType?: string;
      readonly userData?: Readonly<Record<string, unknown>> | string;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/openmedia/:service/:interactionId/get': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
      readonly properties?: {
        readonly interactionId: string;
        readonly interactionExternalId?: string;
        readonly interactionType?: string;
        readonly interactionSubtype?: string;
        readonly interactionMediatype: string;
        readonly interactionTenantId: number;
        readonly interactionQueue: string;
        readonly interactionState: 'Queued' | 'Routing' | 'Handling' | 'Stopped';
        readonly interactionIsLocked: boolean;
        readonly interactionIsOnline: boolean;
        readonly interactionIsHeld: boolean;
        readonly interactionAgentId?: string;
        readonly interactionSubmittedBy: string;
        readonly interactionSubmitSeq?: number;
        readonly interactionReceivedAt: string;
        readonly interactionSubmittedAt: string;
        readonly interactionPlacedInQueueAt: string;
        readonly interactionMovedToQueueAt: string;
        readonly interactionCompletedAt?: string;
        readonly interactionStopReason?: string;
        readonly interactionUserData: readonly { readonly key: string; readonly value: string }[];
      };
      readonly email?: {
        readonly firstName: string;
        readonly lastName: string;
        readonly fromAddress: string;
        readonly subject: string;
        readonly text: string;
        readonly mailbox?: string;
        readonly attachments: readonly {
          readonly name: string;
          readonly size: number;
          readonly contentType: string;
        }[];
        readonly replies: readonly {
          readonly subject: string;
          readonly text: string;
          readonly sentAt: string;
        }[];
      };
    };
  };
  'POST /genesys/2/openmedia/:service/:interactionId/stop': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/2/openmedia/:service/:interactionId/update': {
    readonly path: { readonly service: string; readonly interactionId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly userData?: Readonly<Record<string, unknown>> | string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: {
      readonly statusCode: 0 | 1 | 2;
      readonly interactionId?: string;
      readonly errors?: readonly { readonly code: number; readonly advice: string }[];
    };
  };
  'POST /genesys/cometd{/*path}': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body:
      | ({
          readonly channel: string;
          readonly id?: string;
          readonly clientId?: string;
          readonly version?: string;
          readonly minimumVersion?: string;
          readonly supportedConnectionTypes?: readonly string[];
          readonly connectionType?: string;
          readonly subscription?: unknown;
          readonly advice?: Readonly<Record<string, unknown>>;
          readonly data?: unknown;
          readonly ext?: unknown;
        } & Readonly<Record<string, unknown>>)
      | readonly ({
          readonly channel: string;
          readonly id?: string;
          readonly clientId?: string;
          readonly version?: string;
          readonly minimumVersion?: string;
          readonly supportedConnectionTypes?: readonly string[];
          readonly connectionType?: string;
          readonly subscription?: unknown;
          readonly advice?: Readonly<Record<string, unknown>>;
          readonly data?: unknown;
          readonly ext?: unknown;
        } & Readonly<Record<string, unknown>>)[];
    readonly reply: readonly ({
      readonly channel: string;
      readonly id?: string;
      readonly successful?: boolean;
      readonly error?: string;
      readonly data?: unknown;
    } & Readonly<Record<string, unknown>>)[];
  };
  'POST /scxml/session/:sid/basichttp': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ({ readonly _scxmleventname?: string } & Readonly<Record<string, unknown>>) | unknown;
    readonly reply: undefined;
  };
  'POST /scxml/session/:sid/event/:name': {
    readonly path: { readonly sid: string; readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /scxml/session/:sid/query': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: {
      readonly _id: string;
      readonly src: string;
      readonly status: 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed';
      readonly configuration: readonly string[];
      readonly data?: unknown;
      readonly startedAt: string;
      readonly endedAt?: string;
      readonly donedata?: unknown;
      readonly reason?: string;
      readonly documentHash: string;
    };
  };
  'POST /scxml/session/:sid/request/:name': {
    readonly path: { readonly sid: string; readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: unknown;
  };
  'POST /scxml/session/:sid/terminate': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly reply: Readonly<Record<never, never>>;
  };
  'POST /scxml/session/start': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: { readonly src: string; readonly idealtime?: number | string } & Readonly<
      Record<string, unknown>
    >;
    readonly reply: { readonly _id: string };
  };
  'PUT /agent/1/agents/:agentId': {
    readonly path: { readonly agentId: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly state?: 'ready' | 'notReady' | 'afterWork' | 'loggedOut';
      readonly mediaStates?: Readonly<
        Record<
          string,
          { readonly state: 'ready' | 'notReady' | 'afterWork' | 'loggedOut'; readonly reason?: string }
        >
      >;
      readonly groups?: readonly string[];
      readonly skills?: Readonly<Record<string, number>>;
      readonly place?: string;
      readonly media?: readonly string[];
      readonly nickname?: string;
      readonly capacity?: number;
      readonly mediaCapacity?: Readonly<Record<string, number>>;
      readonly reason?: string;
      readonly dn?: string;
      readonly switch?: string;
    };
    readonly reply: {
      readonly agentId: string;
      readonly state: string;
      readonly mediaStates?: Readonly<Record<string, { readonly state: string; readonly reason?: string }>>;
      readonly groups: readonly string[];
      readonly skills: Readonly<Record<string, number>>;
      readonly place?: string;
      readonly media: readonly string[];
      readonly nickname?: string;
      readonly capacity: number;
      readonly mediaCapacity?: Readonly<Record<string, number>>;
      readonly reason?: string;
    };
  };
  'PUT /genesys/1/admin/debug/:id/breakpoints': {
    readonly path: { readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly breakpoints: readonly (
        | { readonly kind: 'state'; readonly id: string; readonly condition?: string }
        | { readonly kind: 'event'; readonly name: string; readonly condition?: string }
        | { readonly kind: 'line'; readonly file: string; readonly line: number; readonly condition?: string }
        | { readonly kind: 'condition'; readonly condition: string }
      )[];
    };
    readonly reply: {
      readonly breakpoints: readonly ({ readonly verified: boolean } & Readonly<Record<string, unknown>>)[];
    };
  };
  'PUT /genesys/1/admin/desktop': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly cannedTexts?: readonly {
        readonly id: string;
        readonly text: string;
        readonly title?: string;
        readonly group?: string;
        readonly language?: string;
      }[];
      readonly notReadyReasons?: readonly { readonly code: string; readonly text: string }[];
      readonly dispositions?: readonly { readonly code: string; readonly text: string }[];
      readonly afterWork?: { readonly seconds?: number; readonly disposition?: 'optional' | 'required' };
    };
    readonly reply: {
      readonly cannedTexts?: readonly {
        readonly id: string;
        readonly text: string;
        readonly title?: string;
        readonly group?: string;
        readonly language?: string;
      }[];
      readonly notReadyReasons?: readonly { readonly code: string; readonly text: string }[];
      readonly dispositions?: readonly { readonly code: string; readonly text: string }[];
      readonly afterWork?: { readonly seconds?: number; readonly disposition?: 'optional' | 'required' };
    };
  };
  'PUT /genesys/1/admin/lists/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<string, unknown>>;
  };
  'PUT /genesys/1/admin/patterns/groups/:group': {
    readonly path: { readonly group: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, string>>;
    readonly reply: Readonly<Record<string, string>>;
  };
  'PUT /genesys/1/admin/patterns/list': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, string>>;
    readonly reply: Readonly<Record<string, string>>;
  };
  'PUT /genesys/1/admin/push': {
    readonly path: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly provider?: Readonly<
        Record<string, Readonly<Record<string, string | number | boolean | null>>>
      >;
    } & Readonly<Record<string, unknown>>;
    readonly reply: {
      readonly provider?: Readonly<
        Record<string, Readonly<Record<string, string | number | boolean | null>>>
      >;
    } & Readonly<Record<string, unknown>>;
  };
  'PUT /genesys/1/admin/push/providers/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, string | number | boolean | null>>;
    readonly reply: Readonly<Record<string, string | number | boolean | null>>;
  };
  'PUT /genesys/1/admin/services/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Readonly<Record<string, string>>;
    readonly reply: Readonly<Record<string, string>>;
  };
  'PUT /genesys/1/admin/templates/:name': {
    readonly path: { readonly name: string };
    readonly query: { readonly override: string; readonly tests: string };
    readonly body: unknown;
    readonly reply: {
      readonly name: string;
      readonly origin: 'installed' | 'uploaded';
      readonly version?: string;
      readonly uploadedAt?: string;
      readonly files: readonly string[];
      readonly warnings?: readonly string[];
    };
  };
  'PUT /genesys/1/admin/users/:name': {
    readonly path: { readonly name: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly role: 'administrator' | 'supervisor' | 'debugger' | 'viewer' | 'agent' | 'platform';
      readonly agentId?: string;
      readonly password?: string;
    };
    readonly reply: { readonly role: string; readonly agentId?: string };
  };
  'PUT /genesys/1/service/callback/:name/:id': {
    readonly path: { readonly name: string; readonly id: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: {
      readonly _new_desired_time?: string;
      readonly _callback_state?: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'PAUSED' | 'COMPLETED';
      readonly _reason?: string | null;
      readonly _callback_reason?: string | null;
    } & Readonly<Record<string, unknown>>;
    readonly reply: Readonly<Record<never, never>>;
  };
  'PUT /scxml/session/:sid/basichttp': {
    readonly path: { readonly sid: string };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ({ readonly _scxmleventname?: string } & Readonly<Record<string, unknown>>) | unknown;
    readonly reply: undefined;
  };
}
