/** What a fresh machine lacks, and getting it: packages from npm, programs from Debian. */
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'

/** Programs that the engine and its tour call, and the Debian packages that hold them. */
export const enginePrograms = [
  { program: 'crun', debian: 'crun' },
  { program: 'runc', debian: 'runc' },
  { program: 'conmon', debian: 'conmon' },
  { program: 'zstd', debian: 'zstd' },
  { program: 'busybox', debian: 'busybox-static', isStatic: true },
]

/** Programs that only tests call. */
export const testPrograms = [
  { program: 'strace', debian: 'strace' },
  { program: 'protoc', debian: 'protobuf-compiler' },
  { program: 'chromium', debian: 'chromium' },
  { program: 'skopeo', debian: 'skopeo' },
  { program: 'umoci', debian: 'umoci' },
  { program: 'buildah', debian: 'buildah' },
]

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) return false
    throw error
  }
}

const find = (program) =>
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
    .map((folder) => join(folder, program))
    .find(isExecutable)

/** A dynamic program names its loader in the first page; alone in a rootfs it cannot run. */
const isDynamic = (path) => {
  const head = Buffer.alloc(4096)
  const file = openSync(path, 'r')
  try {
    readSync(file, head)
  } finally {
    closeSync(file)
  }
  return /\/ld-(linux|musl)/.test(head.toString('latin1'))
}

const isMissing = ({ program, isStatic = false }) => {
  const path = find(program)
  return path === undefined || (isStatic && isDynamic(path))
}

const isDebian = () =>
  existsSync('/etc/os-release') &&
  /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) &&
  find('apt-get') !== undefined

const run = (program, args, options = {}) =>
  spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }).status === 0

const aptInstall = (packages) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-qq'], { env })
  return run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], { env })
}

/** Installs what is missing where it may; answers the names of the programs that stay missing. */
export const ensurePrograms = (wanted) => {
  const missing = wanted.filter(isMissing)
  if (missing.length === 0) return []
  const packages = missing.map(({ debian }) => debian)
  if (process.getuid?.() === 0 && isDebian()) {
    console.log(`Installing with apt-get: ${packages.join(', ')}`)
    if (!aptInstall(packages)) console.log('apt-get failed')
  }
  const still = wanted.filter(isMissing).map(({ program }) => program)
  if (still.length > 0) console.log(`Missing programs: ${still.join(', ')}`)
  return still
}

/**
 * Installs the npm packages of the lock file if there are none, or if an installation was cut
 * short: npm writes its own list last. Throws if that fails.
 */
export const ensurePackages = (root) => {
  if (existsSync(join(root, 'node_modules/.package-lock.json'))) return
  console.log('Installing npm packages …')
  if (!run('npm', ['ci'], { cwd: root })) throw new Error('npm ci failed')
}
