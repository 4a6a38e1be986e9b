/** The calls that the client makes: path and codecs of each. */
import { ContainerServiceDefinition } from '../../../adapters/rpc/wire/containers_service.ts'
import { ImagesServiceDefinition } from '../../../adapters/rpc/wire/images_service.ts'
import { VolumeServiceDefinition } from '../../../adapters/rpc/wire/volume_service.ts'
import { EngineServiceDefinition } from '../../../adapters/rpc/wire/isulad_engine_service.ts'

interface Codec<A> {
  encode(message: A): { finish(): Uint8Array }
  decode(bytes: Uint8Array): A
  fromPartial(object: Partial<A>): A
}

interface Method<Q, R> {
  readonly name: string
  readonly requestType: Codec<Q>
  readonly responseType: Codec<R>
}

export interface Call<Q, R> {
  readonly path: string
  readonly encode: (request: Partial<Q>) => Uint8Array
  readonly decode: (bytes: Uint8Array) => R
}

const callsOf =
  (service: { readonly fullName: string }) =>
  <Q, R>(method: Method<Q, R>): Call<Q, R> => ({
    path: `/${service.fullName}/${method.name}`,
    encode: (request) =>
      method.requestType.encode(method.requestType.fromPartial(request)).finish(),
    decode: (bytes) => method.responseType.decode(bytes),
  })

const container = callsOf(ContainerServiceDefinition)
const containerMethods = ContainerServiceDefinition.methods
const image = callsOf(ImagesServiceDefinition)
const imageMethods = ImagesServiceDefinition.methods
const volume = callsOf(VolumeServiceDefinition)
const volumeMethods = VolumeServiceDefinition.methods
const engine = callsOf(EngineServiceDefinition)
const engineMethods = EngineServiceDefinition.methods

export const calls = {
  create: container(containerMethods.create),
  start: container(containerMethods.start),
  stop: container(containerMethods.stop),
  kill: container(containerMethods.kill),
  delete: container(containerMethods.delete),
  pause: container(containerMethods.pause),
  resume: container(containerMethods.resume),
  restart: container(containerMethods.restart),
  inspect: container(containerMethods.inspect),
  list: container(containerMethods.list),
  wait: container(containerMethods.wait),
  exec: container(containerMethods.exec),
  attach: container(containerMethods.attach),
  remoteStart: container(containerMethods.remoteStart),
  remoteExec: container(containerMethods.remoteExec),
  resize: container(containerMethods.resize),
  rename: container(containerMethods.rename),
  copyFromContainer: container(containerMethods.copyFromContainer),
  copyToContainer: container(containerMethods.copyToContainer),
  export: container(containerMethods.export),
  update: container(containerMethods.update),
  logs: container(containerMethods.logs),
  listVolumes: volume(volumeMethods.list),
  removeVolume: volume(volumeMethods.remove),
  pruneVolumes: volume(volumeMethods.prune),
  createVolume: engine(engineMethods.createVolume),
  commit: engine(engineMethods.commit),
  inspectVolume: engine(engineMethods.inspectVolume),
  top: container(containerMethods.top),
  stats: container(containerMethods.stats),
  events: container(containerMethods.events),
  version: container(containerMethods.version),
  info: container(containerMethods.info),
  imageList: image(imageMethods.list),
  imageDelete: image(imageMethods.delete),
  imageLoad: image(imageMethods.load),
  imageImport: image(imageMethods.import),
  imageInspect: image(imageMethods.inspect),
  imageTag: image(imageMethods.tag),
  imagePull: image(imageMethods.pullImage),
  diff: engine(engineMethods.diff),
  explain: engine(engineMethods.explain),
  audit: engine(engineMethods.audit),
  recovery: engine(engineMethods.recovery),
  journalEvents: engine(engineMethods.journalEvents),
} as const
