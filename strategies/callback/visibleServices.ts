import type { SessionReply } from '../../engine/host/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { type FindServices, noSuchCallback, ServiceError, type ServiceInstance } from '../instances/index.ts';
import type { Services } from './services.ts';

/** The things that exist for the sender of a request. `owner`: the gms_user of a thing, if it has one. */
export interface Viewer {
  mayUse(owner: string | undefined): boolean;
  /** Whether a search shows the thing. */
  mayFind(owner: string | undefined): boolean;
}

/** The services that exist for a viewer. For the others it answers as for ids that nothing has. */
export class VisibleServices {
  readonly #services: Services;
  readonly #viewer: Viewer;

  constructor(services: Services, viewer: Viewer) {
    this.#services = services;
    this.#viewer = viewer;
  }

  get(id: ServiceId): ServiceInstance | undefined {
    const instance = this.#services.get(id);
    return instance !== undefined && this.#viewer.mayUse(instance.gmsUser) ? instance : undefined;
  }

  /** As Services.find. */
  find(query: FindServices): readonly ServiceInstance[] {
    return this.#services.find(query).filter(({ gmsUser }) => this.#viewer.mayFind(gmsUser));
  }

  /** As Services.request. */
  async request(id: ServiceId, request: Parameters<Services['request']>[1]): Promise<SessionReply> {
    this.#require(id);
    return this.#services.request(id, request);
  }

  /** As Services.cancel. */
  async cancel(...[name, id, options]: Parameters<Services['cancel']>): Promise<void> {
    if (this.#hides(id)) throw noSuchCallback(id, 'to cancel');
    await this.#services.cancel(name, id, options);
  }

  /** As Services.update. */
  async update(...[name, id, change, alongside]: Parameters<Services['update']>): Promise<void> {
    if (this.#hides(id)) throw noSuchCallback(id);
    await this.#services.update(name, id, change, alongside);
  }

  /** As Services.remove. */
  async remove(id: ServiceId): Promise<void> {
    this.#require(id);
    await this.#services.remove(id);
  }

  #hides(id: ServiceId): boolean {
    const instance = this.#services.get(id);
    return instance !== undefined && !this.#viewer.mayUse(instance.gmsUser);
  }

  #require(id: ServiceId): void {
    if (this.#hides(id)) throw new ServiceError('SERVICE_NOT_FOUND', id);
  }
}
