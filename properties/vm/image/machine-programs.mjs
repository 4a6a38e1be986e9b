/** Programs that the virtual machine is made with, and getting them. */
import { enginePrograms, ensurePrograms } from '../../../cli/start/prerequisites.mjs'

const machinePrograms = [
  { program: 'qemu-system-x86_64', debian: 'qemu-system-x86' },
  { program: 'mkfs.ext4', debian: 'e2fsprogs' },
  { program: 'strace', debian: 'strace' },
  { program: 'dpkg-deb', debian: 'dpkg' },
]

/** Installs what is missing where it may; answers the names of the programs that stay missing. */
export const missingMachinePrograms = () => ensurePrograms([...enginePrograms, ...machinePrograms])
