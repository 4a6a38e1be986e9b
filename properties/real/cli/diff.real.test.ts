/** `isula diff` on real containers. */
import { is, match } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula diff')
const { test, ok: isula, fails, start, remove } = cli

const script = [
  'echo new > /added',
  'mkdir -p /fresh/deep; : > /fresh/deep/file',
  'rm /bin/ls',
  'echo more >> /etc/passwd',
  'rm -r /root; mkdir /root; : > /root/again',
  'ln -s /etc/shadow /link; ln -s / /etc/out',
  ': > /gone; rm /gone',
].join('; ')

test('what was added, changed and deleted, in every state', async () => {
  const id = await isula('create', '--name', 'still', 'busybox', 'true')
  is(await isula('diff', 'still'), '')
  await start('box')
  const before = (await isula('diff', 'box')).split('\n')
  await isula('exec', 'box', 'sh', '-c', script)
  const lines = (await isula('diff', 'box')).split('\n').filter((l) => !before.includes(l))
  const expected = [
    'A /added',
    'C /bin',
    'D /bin/ls',
    'A /etc/out',
    'A /fresh',
    'A /fresh/deep',
    'A /fresh/deep/file',
    'A /link',
    'A /root/again',
  ]
  for (const line of expected) is(lines.includes(line), true, `${line} in ${lines.join(', ')}`)
  match(lines.join('\n'), /^[CA] \/etc\/passwd$/m)
  is(
    lines.some((line) => line.includes('gone')),
    false,
  )
  await isula('pause', 'box')
  const paused = await isula('diff', 'box')
  await isula('unpause', 'box')
  await isula('stop', '-t', '0', 'box')
  is(await isula('diff', 'box'), paused)
  match(await fails(1, 'diff', 'nobody'), 'No such container:nobody')
  match(await fails(1, 'diff'), 'requires')
  await remove('box', id)
})

cli.run()
