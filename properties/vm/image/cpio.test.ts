/** The archive is one that other programs can read. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is } from 'uvu/assert'
import { suite } from '../../testing/suite.ts'
import { directoryMode, encodeArchive, executableMode } from './cpio.ts'
import { dependenciesOf } from './kernel-modules.ts'

const test = suite('initramfs')

test.needs(['program:busybox'], 'busybox unpacks what was packed', () => {
  const directory = mkdtempSync(`${tmpdir()}/cpio-`)
  try {
    const input = encodeArchive([
      { path: 'bin', mode: directoryMode },
      { path: 'bin/odd', mode: executableMode, data: Buffer.from('12345') },
      { path: 'init', mode: executableMode, data: Buffer.from('#!/bin/odd\n') },
    ])
    execFileSync('busybox', ['cpio', '-i'], { cwd: directory, input, stdio: 'pipe' })
    is(readFileSync(`${directory}/bin/odd`, 'utf8'), '12345')
    is(readFileSync(`${directory}/init`, 'utf8'), '#!/bin/odd\n')
    is(statSync(`${directory}/init`).mode & 0o777, 0o755)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a module names what it depends on', () => {
  const module = Buffer.from('\x7fELF\0license=GPL\0depends=virtio_ring,crc-16\0name=x\0')
  equal(dependenciesOf(module), ['virtio_ring', 'crc_16'])
  equal(dependenciesOf(Buffer.from('\0depends=\0')), [])
})

test.run()
