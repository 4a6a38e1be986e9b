/** Identifiers of the domain: branded strings with their codecs. */
import * as t from 'io-ts'
import { Integer } from './integer.ts'

declare const brand: unique symbol
export type Branded<B extends string> = string & { readonly [brand]: B }

const branded = <B extends string>(name: B, pattern: RegExp): t.Type<Branded<B>, string> =>
  new t.Type(
    name,
    (u): u is Branded<B> => typeof u === 'string' && pattern.test(u),
    (u, c) =>
      typeof u === 'string' && pattern.test(u) ? t.success(u as Branded<B>) : t.failure(u, c),
    (a) => a,
  )

const hex64 = /^[0-9a-f]{64}$/

/** 64 lower-case hex digits (CLI-REF-01). */
export const ContainerId = branded('ContainerId', hex64)
export type ContainerId = Branded<'ContainerId'>

/** SHA-256 of the image's config file, 64 hex digits without the `sha256:` prefix. */
export const ImageId = branded('ImageId', hex64)
export type ImageId = Branded<'ImageId'>

/** OCI chain id of an uncompressed layer stack, 64 hex digits. */
export const LayerId = branded('LayerId', hex64)
export type LayerId = Branded<'LayerId'>

/** SHA-256 of one uncompressed layer archive, 64 hex digits. */
export const DiffId = branded('DiffId', hex64)
export type DiffId = Branded<'DiffId'>

/** What users call a volume; 64 hex digits where nobody gave it a name. */
export const VolumeName = branded('VolumeName', /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/)
export type VolumeName = Branded<'VolumeName'>

/** 64 hex digits chosen by the client (spec 22, ExecRequest.suffix) or minted by the daemon. */
export const ExecId = branded('ExecId', /^[0-9a-zA-Z][0-9a-zA-Z_.-]{0,127}$/)
export type ExecId = Branded<'ExecId'>

/** One copy between a client and a container, minted by the daemon for each call. */
export const CopyId = branded('CopyId', /^[0-9a-zA-Z][0-9a-zA-Z_.-]{0,127}$/)
export type CopyId = Branded<'CopyId'>

/** One per accepted command; names the intent that the command opened. */
export const OperationId = branded('OperationId', /^[0-9a-zA-Z_.:-]{1,160}$/)
export type OperationId = Branded<'OperationId'>

/** The kernel's `/proc/sys/kernel/random/boot_id`. */
export const BootId = branded('BootId', /^[0-9a-zA-Z-]{1,64}$/)
export type BootId = Branded<'BootId'>

/** A pid alone is no identity: the kernel reuses it (I5). Start ticks: proc(5), stat field 22. */
export const ProcessIdentity = t.strict(
  { boot: BootId, pid: Integer, startTicks: Integer },
  'ProcessIdentity',
)
export type ProcessIdentity = t.TypeOf<typeof ProcessIdentity>

export const sameProcess = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.boot === b.boot && a.pid === b.pid && a.startTicks === b.startTicks

/** Accepts a string that is known to be well formed, because it was minted or checked before. */
export const containerId = (s: string): ContainerId => s as ContainerId
export const imageId = (s: string): ImageId => s as ImageId
export const layerId = (s: string): LayerId => s as LayerId
export const diffId = (s: string): DiffId => s as DiffId
export const volumeName = (s: string): VolumeName => s as VolumeName
export const execId = (s: string): ExecId => s as ExecId
export const copyId = (s: string): CopyId => s as CopyId
export const operationId = (s: string): OperationId => s as OperationId
export const bootId = (s: string): BootId => s as BootId
