/** The image commands (IMG-*, spec 23). */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { imageNames, imagesText } from '../format/images.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { mintRequestId } from '../transport/request-id.ts'
import { change, fail, forEachOperand, query, type Command } from './command.ts'
import { parseFilters } from './filters.ts'

export const images: Command = async (input) => {
  const filters = parseFilters(input.flags.list('filter'))
  if (E.isLeft(filters)) return fail(input, filters.left)
  const reply = await query(input, calls.imageList, { filters: { ...filters.right } })
  if (E.isLeft(reply)) return fail(input, reply.left)
  const show = input.flags.bool('quiet') ? imageNames : imagesText
  input.out(show(reply.right.images))
  return 0
}

/** The manual's name for the type is `docker`, upstream's `oci`. */
export const load: Command = async (input) => {
  const { flags } = input
  const path = flags.text('input')
  if (path === undefined) return fail(input, 'Missing image input file: use -i FILE')
  const type = flags.text('type') ?? 'docker'
  if (type === 'embedded') return fail(input, '--type embedded is not supported yet')
  if (type !== 'docker' && type !== 'oci') return fail(input, `Invalid image type '${type}'`)
  const file = resolve(path)
  const request = { file, type: 'oci', tag: flags.text('tag') ?? '' }
  const loaded = await change(input, calls.imageLoad, request)
  if (E.isLeft(loaded)) return fail(input, loaded.left)
  input.out(`Load image from "${file}" success\n`)
  return 0
}

/** Upstream's client, too, hands over the file's absolute name. */
export const importImage: Command = async (input) => {
  const [file = '', tag = ''] = input.operands
  const imported = await change(input, calls.imageImport, { file: resolve(file), tag })
  if (E.isLeft(imported)) return fail(input, imported.left)
  input.out(`sha256:${imported.right.id}\n`)
  return 0
}

/** Upstream's daemon has no such call. */
export const commit: Command = async (input) => {
  const [id = '', reference = ''] = input.operands
  const { flags } = input
  const request = {
    id,
    reference,
    message: flags.text('message') ?? '',
    author: flags.text('author') ?? '',
    changes: [...flags.list('change')],
    no_pause: flags.maybeBool('pause') === false,
  }
  const options = { requestId: mintRequestId() }
  const made = await input.connection.unary(calls.commit, request, options)
  if (E.isLeft(made)) return fail(input, failureText(made.left))
  input.out(`sha256:${made.right.id}\n`)
  return 0
}

export const rmi: Command = (input) => {
  const force = input.flags.bool('force')
  return forEachOperand(input, async (name) =>
    E.map(() => `Image "${name}" removed\n`)(
      await change(input, calls.imageDelete, { name, force }),
    ),
  )
}

export const tag: Command = async (input) => {
  const [src_name = '', dest_name = ''] = input.operands
  const tagged = await change(input, calls.imageTag, { src_name, dest_name })
  return E.isRight(tagged) ? 0 : fail(input, tagged.left)
}
