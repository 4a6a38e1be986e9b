/** Gets what the tests need of the machine: packages from npm, programs from Debian. */
import { spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Programs that the real tests drive, and the Debian packages that hold them. */
const wanted = [
  { program: 'crun', debian: 'crun' },
  { program: 'runc', debian: 'runc' },
  { program: 'conmon', debian: 'conmon' },
  { program: 'busybox', debian: 'busybox-static', isStatic: true },
  { program: 'strace', debian: 'strace' },
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
  run('apt-get', ['update', '-q'], { env })
  return run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env })
}

/** Installs what is missing where it may; else says what is missing, and those tests skip. */
export const ensurePrograms = () => {
  const missing = wanted.filter(isMissing)
  if (missing.length === 0) return
  const packages = missing.map(({ debian }) => debian)
  if (process.getuid?.() === 0 && isDebian()) {
    console.log(`installing ${packages.join(', ')} with apt-get`)
    if (!aptInstall(packages)) console.log('apt-get failed')
  }
  const still = wanted.filter(isMissing).map(({ program }) => program)
  if (still.length > 0) console.log(`missing programs: ${still.join(', ')}`)
}

/** Installs the npm packages of the lock file if there are none. Throws if that fails. */
export const ensurePackages = (root) => {
  if (existsSync(join(root, 'node_modules'))) return
  const verb = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
  console.log(`installing npm packages: npm ${verb}`)
  if (!run('npm', [verb], { cwd: root })) throw new Error(`npm ${verb} failed`)
}
