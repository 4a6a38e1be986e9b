/** A layer with a busybox and two accounts: all that the programs of the contracts need. */
import { readFileSync, writeFileSync } from 'node:fs'
import { sha256, tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { diffId, layerId, type LayerId } from '../../domain/identity.ts'
import type { UnpackRequest } from '../../domain/ports/storage-ports.ts'

const applets = ['sh', 'sleep', 'true', 'tail']
const directories = ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp']

/** The uncompressed layer archive. */
export const programLayer = (): Buffer =>
  tarBytes(
    ...directories.map((name) => ({ name: `${name}/`, type: '5', mode: 0o755 })),
    { name: 'bin/busybox', content: readFileSync('/bin/busybox'), mode: 0o755 },
    ...applets.map((name) => ({ name: `bin/${name}`, type: '2', linkName: 'busybox' })),
    { name: 'etc/passwd', content: 'root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/tmp:/x\n' },
    { name: 'etc/group', content: 'root:x:0:\nguest:x:1000:\n' },
  )

export const layerEntry = 'layer.tar'

/** Puts the layer into an archive at `archive` and says how to unpack it. */
export const archived = (archive: string, layer: Buffer, id?: LayerId): UnpackRequest => {
  writeFileSync(archive, tarBytes({ name: layerEntry, content: layer }))
  return {
    layer: id ?? layerId(sha256(archive)),
    diff: diffId(sha256(layer)),
    source: { archive, entry: layerEntry },
  }
}
