/** An image with a `VOLUME` that has content: owners, modes, links, an attribute, many files. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { TestDaemon } from '../../harness/daemon.ts'

/** Enough for a copy that a kill can meet. */
export const manyFiles = 800

const applets = ['sh', 'ls', 'cat', 'stat', 'find', 'wc', 'echo', 'sleep', 'touch', 'grep', 'id']

const fill = (data: string): void => {
  mkdirSync(`${data}/sub`, { recursive: true })
  mkdirSync(`${data}/many`)
  writeFileSync(`${data}/file`, 'of the image\n')
  linkSync(`${data}/file`, `${data}/again`)
  symlinkSync('file', `${data}/link`)
  chownSync(`${data}/file`, 7, 8)
  chmodSync(`${data}/file`, 0o640)
  chownSync(`${data}/sub`, 1234, 5678)
  chmodSync(`${data}/sub`, 0o2770)
  for (let n = 0; n < manyFiles; n += 1) writeFileSync(`${data}/many/${n}`, `${n}`)
  chownSync(data, 1234, 5678)
  chmodSync(data, 0o750)
}

const sha256 = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')

const tar = (target: string, directory: string, ...names: ReadonlyArray<string>): void => {
  execFileSync('tar', ['--numeric-owner', '-C', directory, '-cf', target, ...names])
}

/** `data:latest`, with `VOLUME /data`. */
export const loadVolumeImage = async (daemon: TestDaemon): Promise<void> => {
  const place = `${daemon.directory}/volume-image`
  const root = `${place}/root`
  for (const name of ['bin', 'proc', 'sys', 'dev', 'etc', 'tmp'])
    mkdirSync(`${root}/${name}`, { recursive: true })
  copyFileSync('/bin/busybox', `${root}/bin/busybox`)
  chmodSync(`${root}/bin/busybox`, 0o755)
  for (const name of applets) symlinkSync('busybox', `${root}/bin/${name}`)
  fill(`${root}/data`)
  // Links of the image lead nowhere else than into the image.
  symlinkSync('/data', `${root}/alias`)
  tar(`${place}/layer.tar`, root, '.')
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['sh'], Volumes: { '/data': {} } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(`${place}/layer.tar`)}`] },
  }
  writeFileSync(`${place}/config`, JSON.stringify(config))
  const name = `${sha256(`${place}/config`)}.json`
  copyFileSync(`${place}/config`, `${place}/${name}`)
  const manifest = [{ Config: name, RepoTags: ['data:latest'], Layers: ['layer.tar'] }]
  writeFileSync(`${place}/manifest.json`, JSON.stringify(manifest))
  tar(`${place}/image.tar`, place, 'manifest.json', name, 'layer.tar')
  await daemon.ok('load', '-i', `${place}/image.tar`)
}
