export { ClusterCells } from './clusterCells.ts';
export { HEALTH_DESCRIPTION } from './description.ts';
export { Forwarder } from './forwarder.ts';
export { forwardRequests } from './forwardRequests.ts';
export { isOfNode, registerHealthRoutes, STATUS_PATH } from './healthRoutes.ts';
export { NODE_MARK, NodeIdentity } from './nodeIdentity.ts';
export type { NodeCell, NodeState } from './nodeState.ts';
export { receiveForwarded } from './receiveForwarded.ts';
export { repeatableRequests } from './repeatable.ts';
