/** The test image: made from the host's static busybox, loaded by the command line. */
import { existsSync, mkdirSync } from 'node:fs'
import { writeBusyboxArchive } from '../../adapters/images/busybox-image.ts'
import type { TestDaemon } from './daemon.ts'

export const loadBusybox = async (daemon: TestDaemon): Promise<void> => {
  const archive = `${daemon.directory}/busybox.tar`
  mkdirSync(daemon.directory, { recursive: true })
  if (!existsSync(archive)) await writeBusyboxArchive(archive)
  await daemon.ok('load', '-i', archive)
}
