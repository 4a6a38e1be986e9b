/** The executables in dist: small scripts that start a bundle with the right settings. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * LevelDB, fs, dns and zlib share libuv's pool, four threads by default, and its size is read
 * when Node starts: the launcher is the last place where it can be set.
 */
const environment = { isulad: 'export UV_THREADPOOL_SIZE=16\n' }

/**
 * The daemon's heap is small and its answers are not: with V8's own limits, which follow the
 * size of what lives, every 4 MB of answers cost a full collection (5 to 15 ms). The heap may
 * grow to five times of what lives instead.
 */
const nodeFlags = { isulad: '--initial-old-space-size=128 --heap-growing-percent=400 ' }

/**
 * `readlink -f` makes a symlink to the launcher work. Where PATH has no node (systemd units,
 * sudo), the one that built dist is used if it is there.
 */
const launcher = (bundle, settings, flags) => `#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")")
node=$(command -v node) || node='${process.execPath}'
if ! [ -x "$node" ]; then
  echo "$0: node (20.9 or newer) is not on PATH" >&2
  exit 127
fi
${settings}exec "$node" ${flags}--enable-source-maps "$here/lib/${bundle}.mjs" "$@"
`

/** Writes an executable `dist/<name>` that runs `dist/lib/<bundle>.mjs`. */
export const writeLauncher = async (dist, name, bundle = name) => {
  const path = join(dist, name)
  await writeFile(path, launcher(bundle, environment[bundle] ?? '', nodeFlags[bundle] ?? ''))
  await chmod(path, 0o755)
}
