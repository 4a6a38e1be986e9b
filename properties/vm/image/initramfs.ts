/** The first file system: loads the drivers, mounts the image, hands over to it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { directoryMode, encodeArchive, executableMode } from './cpio.ts'
import { modulesFor } from './kernel-modules.ts'
import type { Kernel } from './prerequisites.ts'

/** ext4 asks for crc32c by a name that nothing resolves here; overlay is for the engine. */
const drivers = [
  ...['virtio_pci', 'virtio_blk', 'virtio_console', 'crc32c_generic', 'ext4', 'overlay'],
  // For the container suite: addresses in a namespace of its own.
  ...['veth', 'bridge'],
]

const script = (modules: ReadonlyArray<string>): string => `#!/bin/busybox sh
set -e
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in ${modules.join(' ')}; do /bin/busybox insmod /modules/$module.ko; done
/bin/busybox mount -t ext4 -o ro /dev/vda /image
/bin/busybox umount /proc
/bin/busybox mount --move /dev /image/dev
exec /bin/busybox switch_root /image /sbin/init
`

/** Writes it to `path`. `busybox` is a static binary. */
export const writeInitramfs = (path: string, kernel: Kernel, busybox: string): void => {
  const modules = modulesFor(`${kernel.modules}/kernel`, drivers)
  const archive = encodeArchive([
    ...['bin', 'dev', 'proc', 'image', 'modules'].map((name) => ({
      path: name,
      mode: directoryMode,
    })),
    { path: 'bin/busybox', mode: executableMode, data: readFileSync(busybox) },
    ...modules.map(({ name, data }) => ({
      path: `modules/${name}.ko`,
      mode: executableMode,
      data,
    })),
    {
      path: 'init',
      mode: executableMode,
      data: Buffer.from(script(modules.map(({ name }) => name))),
    },
  ])
  writeFileSync(path, archive)
}
