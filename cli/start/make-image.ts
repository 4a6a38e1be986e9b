/** Writes a busybox image, made from the host's static busybox, to the file that is named. */
import { writeBusyboxArchive } from '../../adapters/images/busybox-image.ts'

const [, , archive] = process.argv
if (archive === undefined) throw new Error('usage: make-image FILE')
await writeBusyboxArchive(archive)
