/** Makes what the machine boots from: the first file system, and the image with our engine. */
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { writeBusyboxArchive } from '../../../adapters/images/busybox-image.ts'
import { programPath } from '../../testing/requirements.ts'
import { initScript } from '../guest/init.ts'
import { writeInitramfs } from './initramfs.ts'
import { ensureKernel } from './prerequisites.ts'
import { succeed } from './programs.ts'
import { addProject } from './project-tree.ts'
import { guestPrograms, RootTree } from './root-tree.ts'

export const project = resolve(import.meta.dirname, '../../..')

export interface Image {
  readonly kernel: string
  readonly initramfs: string
  /** An ext4 file system, read-only in the machine. */
  readonly root: string
}

const banner = [
  "import { createRequire as __createRequire } from 'node:module'",
  'const require = __createRequire(import.meta.url)',
].join(';')

const bundleGuest = async (outfile: string): Promise<void> => {
  await build({
    entryPoints: [join(project, 'properties/vm/guest/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['koffi', 'classic-level', 'bun:*'],
    mainFields: ['module', 'main'],
    banner: { js: banner },
    logLevel: 'warning',
  })
}

const identityFiles: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  '/etc/hosts': '127.0.0.1 localhost guest\n',
  '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  '/etc/os-release': 'ID=debian\nPRETTY_NAME="isulad power cut"\n',
}

/** Sparse: only what is written takes room on the host. */
export const makeFileSystem = (path: string, sizeBytes: number, from?: string): void => {
  rmSync(path, { force: true })
  writeFileSync(path, '')
  truncateSync(path, sizeBytes)
  const features = ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0']
  succeed('mkfs.ext4', [...features, ...(from === undefined ? [] : ['-d', from]), path])
}

const imageBytes = 2 * 1024 ** 3

export interface ImageOptions {
  /** Where the kernel is kept between runs. */
  readonly cache: string
  readonly scratch: string
  /** Test files of the project that the guest is to run; their sources come along. */
  readonly tests: ReadonlyArray<string>
}

/** Needs a fresh `dist`. */
export const makeImage = async ({ cache, scratch, tests }: ImageOptions): Promise<Image> => {
  mkdirSync(cache, { recursive: true })
  const kernel = ensureKernel(cache)
  const busybox = programPath('busybox')
  if (busybox === undefined) throw new Error('this host has no busybox')
  const initramfs = join(scratch, 'initramfs')
  writeInitramfs(initramfs, kernel, busybox)
  const directory = join(scratch, 'tree')
  const tree = new RootTree(directory)
  guestPrograms.forEach((name) => tree.addProgram(name))
  tree.copyTree(join(project, 'dist'), '/opt/isulad')
  await bundleGuest(tree.path('/opt/isulad/lib/guest.mjs'))
  await writeBusyboxArchive(tree.path('/opt/busybox.tar'))
  for (const [path, text] of Object.entries(identityFiles)) tree.write(path, text)
  tree.write('/sbin/init', initScript, 0o755)
  if (tests.length > 0) await addProject(tree, project, tests)
  tree.addBusybox()
  const root = join(scratch, 'root.ext4')
  makeFileSystem(root, imageBytes, directory)
  rmSync(directory, { recursive: true, force: true })
  return { kernel: kernel.image, initramfs, root }
}
