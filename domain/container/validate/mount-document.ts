/** One mount of the host configuration as clients write it (spec 22, section 7). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mount } from '../config.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { checkMountType } from './mount-flag.ts'
import { allOf, refuse, type Checked } from './refusal.ts'
import { checkMount } from './user-mounts.ts'

const inner = (mount: Document, name: string, rules: doc.MemberRules): Checked<Document> =>
  pipe(
    doc.inner(mount, name),
    E.chainFirst((options) => doc.checkMembers(options, rules)),
  )

const propagation = (mount: Document): Checked<string> =>
  pipe(
    inner(mount, 'BindOptions', { supported: ['Propagation'], later: { 'selinux-opts': [] } }),
    E.chain((options) => doc.text(options, 'Propagation')),
  )

const noCopy = (mount: Document): Checked<boolean> =>
  pipe(
    inner(mount, 'VolumeOptions', { supported: ['NoCopy'], later: {} }),
    E.chain((options) => doc.flag(options, 'NoCopy')),
  )

const highestMode = 0o7777

/** `SizeBytes` and `Mode` are numbers on the wire and words of mount(8) in a configuration. */
const tmpfsWords = (mount: Document): Checked<ReadonlyArray<string>> =>
  pipe(
    inner(mount, 'TmpfsOptions', { supported: ['SizeBytes', 'Mode'], later: {} }),
    E.chain((options) =>
      allOf({ size: doc.integer(options, 'SizeBytes'), mode: doc.integer(options, 'Mode') }),
    ),
    E.chain(({ size, mode }): Checked<ReadonlyArray<string>> => {
      const field = 'HostConfig.Mounts.TmpfsOptions'
      if (size < 0) return refuse(field, `Invalid tmpfs size ${size}: want 0 or more bytes`)
      if (mode < 0 || mode > highestMode)
        return refuse(field, `Invalid tmpfs mode ${mode}: want 0 to ${highestMode}`)
      return E.right([
        ...(size === 0 ? [] : [`size=${size}`]),
        ...(mode === 0 ? [] : [`mode=${mode.toString(8).padStart(4, '0')}`]),
      ])
    }),
  )

const readAll = (mount: Document) =>
  allOf({
    Type: pipe(doc.text(mount, 'Type'), E.chain(checkMountType)),
    Source: doc.text(mount, 'Source'),
    Target: doc.text(mount, 'Target'),
    Readonly: doc.flag(mount, 'Readonly'),
    Propagation: propagation(mount),
    NoCopy: noCopy(mount),
    tmpfs: tmpfsWords(mount),
  })

export const readMount = (mount: Document): Checked<Mount> =>
  pipe(
    doc.checkMembers(mount, {
      supported: [
        'Type',
        'Source',
        'Target',
        'Readonly',
        'BindOptions',
        'VolumeOptions',
        'TmpfsOptions',
      ],
      later: { Consistency: [] },
    }),
    E.chain(() => readAll(mount)),
    E.chain(({ Type, Source, Target, Readonly, Propagation, NoCopy, tmpfs }): Checked<Mount> => {
      switch (Type) {
        case 'bind':
          return checkMount({ Type, Source, Target, Readonly, Propagation })
        case 'volume':
          return checkMount({ Type, Source, Target, Readonly, NoCopy })
        case 'tmpfs': {
          const Options = [...(Readonly ? ['ro'] : []), ...tmpfs].join(',')
          return checkMount({ Type, Target, Options })
        }
      }
    }),
  )
