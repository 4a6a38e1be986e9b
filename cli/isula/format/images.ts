/** The output of `images` (spec 23; IMG-LIST-03, IMG-LIST-06). */
import type { Image } from '../../../adapters/rpc/wire/images.ts'
import { localSeconds } from './local-time.ts'
import { tabbedTable } from './table.ts'

const kib = 1024
const shortIdLength = 12

/** Binary multiples under decimal names, as upstream prints them. */
const sizeText = (bytes: number): string =>
  bytes < kib * kib ? `${(bytes / kib).toFixed(3)}kB` : `${(bytes / (kib * kib)).toFixed(3)}MB`

/** A colon before the last slash belongs to the registry's port. */
const repositoryAndTag = (name: string): readonly [string, string] => {
  if (name === '' || name === '-') return ['<none>', '<none>']
  if (name.includes('@')) return [name.slice(0, name.indexOf('@')), '<none>']
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/')
    ? [name.slice(0, colon), name.slice(colon + 1)]
    : [name, '<none>']
}

const imageId = (image: Image): string => (image.target?.digest ?? '').replace(/^sha256:/, '')

const row = (image: Image): ReadonlyArray<string> => [
  ...repositoryAndTag(image.name),
  imageId(image).slice(0, shortIdLength),
  image.created_at === undefined ? '-' : localSeconds(image.created_at),
  sizeText(image.target?.size ?? 0),
]

export const imagesText = (images: ReadonlyArray<Image>): string =>
  tabbedTable([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'], ...images.map(row)])

/** Names alone; an image without a name is shown by its id. */
export const imageNames = (images: ReadonlyArray<Image>): string =>
  images.map((image) => `${image.name === '' ? imageId(image) : image.name}\n`).join('')
