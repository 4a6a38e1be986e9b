/** What a machine needs to run the virtual machine: programs, and Debian's cloud kernel. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { missingMachinePrograms } from './machine-programs.mjs'
import { succeed } from './programs.ts'

/** Installs what is missing where it may. Throws with the names of what stays missing. */
export const ensureMachinePrograms = (): void => {
  const missing = missingMachinePrograms()
  if (missing.length > 0)
    throw new Error(
      `the virtual machine needs ${missing.join(', ')}: run as root on Debian, or install them`,
    )
}

/** A kernel and its modules, unpacked and not installed. */
export interface Kernel {
  readonly image: string
  readonly modules: string
}

const findKernel = (directory: string): Kernel | undefined => {
  if (!existsSync(join(directory, 'boot'))) return undefined
  const name = readdirSync(join(directory, 'boot')).find((n) => n.startsWith('vmlinuz-'))
  if (name === undefined) return undefined
  const modules = join(directory, 'lib/modules', name.slice('vmlinuz-'.length))
  return { image: join(directory, 'boot', name), modules }
}

const kernelPackage = (): string => {
  const told = succeed('apt-cache', ['depends', 'linux-image-cloud-amd64'])
  const name = /Depends: (linux-image-\S+-cloud-amd64)/.exec(told)?.[1]
  if (name === undefined) throw new Error('Debian has no cloud kernel: apt-get update first')
  return name
}

/** Downloads and unpacks the cloud kernel below `cache` unless it is there. */
export const ensureKernel = (cache: string): Kernel => {
  const directory = join(cache, 'kernel')
  const there = findKernel(directory)
  if (there !== undefined) return there
  const scratch = join(cache, `kernel-${process.pid}`)
  mkdirSync(scratch, { recursive: true })
  try {
    succeed('apt-get', ['download', '-qq', kernelPackage()], scratch)
    const archive = readdirSync(scratch).find((name) => name.endsWith('.deb'))
    if (archive === undefined) throw new Error('apt-get download left no package')
    const unpacked = join(scratch, 'unpacked')
    succeed('dpkg-deb', ['-x', archive, unpacked], scratch)
    rmSync(directory, { recursive: true, force: true })
    renameSync(unpacked, directory)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  const kernel = findKernel(directory)
  if (kernel === undefined) throw new Error('the kernel package holds no kernel')
  return kernel
}
