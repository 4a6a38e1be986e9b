/** Values of `--secret-env`: one file per container, of root alone, beside the journal. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ContainerId } from '../../domain/identity.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import { secretsFile, type Layout } from '../../domain/ports/layout.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { isMissing } from '../errors/errno.ts'
import { makeDurableDirectory, replaceFile } from '../files/durable.ts'

/** `KEY=VALUE` entries; durable when the call returns. */
export const writeSecrets = async (
  layout: Layout,
  id: ContainerId,
  entries: ReadonlyArray<string>,
): Promise<void> => {
  const path = secretsFile(layout, id)
  await makeDurableDirectory(dirname(path), 0o700)
  await replaceFile({ path, content: entries.join('\0'), mode: 0o600, durable: true })
}

/** Absent is fine. */
export const removeSecrets = (layout: Layout, id: ContainerId): Promise<void> =>
  rm(secretsFile(layout, id), { force: true })

/** The entries of a container that has secrets. Rejects with an effect failure without its file. */
export const readSecrets = async (
  layout: Layout,
  id: ContainerId,
): Promise<ReadonlyArray<string>> => {
  try {
    return (await readFile(secretsFile(layout, id), 'utf8')).split('\0')
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new EffectFailure(notApplied('EINVAL', `the secrets of container ${id} are gone`))
  }
}

/** For a start: what a crash left of containers that never came to be. */
export const sweepSecrets = async (
  layout: Layout,
  isKnown: (id: string) => boolean,
): Promise<void> => {
  const directory = `${layout.root}/secrets`
  try {
    for (const name of await readdir(directory))
      if (!isKnown(name)) await rm(`${directory}/${name}`, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
