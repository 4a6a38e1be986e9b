/** Installs what a fresh machine lacks: npm packages, and as root the programs of Debian. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'

/** Programs that the engine calls, and the Debian package of each. */
const programs = {
  crun: 'crun',
  runc: 'runc',
  conmon: 'conmon',
  busybox: 'busybox-static',
}

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR') return false
    throw error
  }
}

const isInstalled = (program) =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) =>
    isExecutable(`${folder}/${program}`),
  )

const run = (file, args, options = {}) => {
  const ran = spawnSync(file, args, { stdio: 'inherit', ...options })
  if (ran.status !== 0) {
    console.error(`${file} ${args.join(' ')} failed`)
    process.exit(ran.status ?? 1)
  }
}

/** `npm ci` when there are no packages yet. */
export const installPackages = (project) => {
  if (existsSync(`${project}/node_modules/esbuild`)) return
  console.log('Installing npm packages …')
  run('npm', ['ci', '--no-fund', '--no-audit'], { cwd: project })
}

export const missingPrograms = (extra = {}) =>
  Object.entries({ ...programs, ...extra }).filter(([program]) => !isInstalled(program))

/** As root on a Debian-like system; elsewhere it says what is missing and goes on. */
export const installPrograms = (extra = {}) => {
  const missing = missingPrograms(extra)
  if (missing.length === 0) return
  const packages = missing.map(([, name]) => name)
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    console.log(`Missing programs: ${missing.map(([program]) => program).join(', ')}`)
    return
  }
  console.log(`Installing Debian packages: ${packages.join(', ')} …`)
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'pipe' }
  run('apt-get', ['update', '-qq'], options)
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
}
