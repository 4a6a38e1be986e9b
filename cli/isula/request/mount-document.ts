/** One `--mount` flag as the member of `Mounts` that goes over the wire (spec 22, section 7). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mount } from '../../../domain/container/config.ts'
import { parseMountFlag } from '../../../domain/container/validate/mount-flag.ts'
import { parseSize } from '../../../domain/container/validate/size.ts'
import { member } from './member.ts'
import { spoken, type Built } from './refused.ts'

const valueOf = (words: ReadonlyArray<string>, name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)

/** The wire has numbers where the flag has words of mount(8). */
const tmpfsDocument = (options: string): Built<Record<string, unknown>> => {
  const words = options.split(',')
  const size = valueOf(words, 'size')
  const mode = valueOf(words, 'mode')
  return pipe(
    size === undefined ? E.right(0) : spoken(parseSize('tmpfs-size', size)),
    E.map((bytes) => ({
      ...member('Readonly', words.includes('ro')),
      ...member('TmpfsOptions', {
        ...member('SizeBytes', bytes),
        ...member('Mode', mode === undefined ? 0 : Number.parseInt(mode, 8)),
      }),
    })),
  )
}

const documentOf = (mount: Mount): Built<Record<string, unknown>> => {
  const { Type, Target } = mount
  switch (mount.Type) {
    case 'bind':
      return E.right({
        Type,
        Source: mount.Source,
        Target,
        ...member('Readonly', mount.Readonly),
        ...member('BindOptions', member('Propagation', mount.Propagation)),
      })
    case 'volume':
      return E.right({
        Type,
        ...member('Source', mount.Source),
        Target,
        ...member('Readonly', mount.Readonly),
        ...member('VolumeOptions', member('NoCopy', mount.NoCopy)),
      })
    case 'tmpfs':
      return pipe(
        tmpfsDocument(mount.Options),
        E.map((rest) => ({ Type, Target, ...rest })),
      )
  }
}

export const mountDocument = (text: string): Built<Record<string, unknown>> =>
  pipe(spoken(parseMountFlag(text)), E.chain(documentOf))
