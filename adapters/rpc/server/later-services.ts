/** NetworkService: there for clients, and of later work. */
import type { NetworkServiceServer } from '../wire/network_server.ts'
import { unary, type Desk, type UnaryWork } from './handlers.ts'
import { refusing } from './not-supported.ts'

export const networkService = (desk: Desk): NetworkServiceServer => {
  const one = <Q, R>(work: UnaryWork<Q, R>) => unary(desk, work)
  return {
    create: one(refusing('network create', { name: '' })),
    inspect: one(refusing('network inspect', { NetworkJSON: '' })),
    list: one(refusing('network ls', { networks: [] })),
    remove: one(refusing('network rm', { name: '' })),
  }
}
