/** Sessions on a terminal: its modes, its size, detaching, the background (CLI-ATTACH-02). */
import { is, match, ok } from 'uvu/assert'
import { CliFile, terminalSum, terminalSums } from './cli-file.ts'

const cli = new CliFile('sessions on a terminal', {}, ['program:script'])
const { test, ok: isula, remove } = cli

test('CLI-ATTACH-02 DOCK-ATTACH-01: the prompt of a terminal shows at once', async () => {
  await isula('run', '-itd', '--name', 'screen', 'busybox', 'sh')
  const client = cli.onScreen('"$ISULA" attach screen')
  await client.says('/ # ')
  client.type('stty size; exit 4\n')
  await client.says('30 90')
  is(await client.ended, 4)
  await remove('screen')
})

test('ctrl-p ctrl-q detaches, the container goes on, the terminal is as before', async () => {
  await isula('run', '-itd', '--name', 'left', 'busybox', 'sh')
  const client = cli.onScreen(
    `${terminalSum}; "$ISULA" attach left; echo "code $?"; ${terminalSum}`,
  )
  await client.says('/ # ')
  client.type('echo $((40+2))\n')
  await client.says('42')
  client.type('\x10\x11')
  is(await client.ended, 0)
  match(client.stdout, 'code 0')
  const [before, after] = terminalSums(client)
  ok(before !== undefined)
  is(after, before)
  is(await cli.status('left'), 'running')
  const again = cli.onScreen('"$ISULA" attach --detach-keys ctrl-x,q left; echo "code $?"')
  await again.says('/ # ')
  again.type('\x10\x11echo $((50+3))\n')
  await again.says('53')
  again.type('\x18q')
  is(await again.ended, 0)
  match(again.stdout, 'code 0')
  await remove('left')
})

test('SIGTERM ends a client on a terminal alone, and gives the terminal back', async () => {
  await isula('run', '-itd', '--name', 'termed', 'busybox', 'sh')
  const kill = '(sleep 0.7; kill -TERM $$) & exec "$ISULA" attach termed'
  const client = cli.onScreen(`${terminalSum}; sh -c '${kill}'; echo "code $?"; ${terminalSum}`)
  await client.says('code 143')
  await client.ended
  const [before, after] = terminalSums(client)
  ok(before !== undefined)
  is(after, before)
  is(await cli.status('termed'), 'running')
  await remove('termed')
})

test('run and exec let go at the same keys, and their processes go on', async () => {
  const client = cli.onScreen('"$ISULA" run -it --name ran busybox sh; echo "code $?"')
  await client.says('/ # ')
  client.type('\x10\x11')
  is(await client.ended, 0)
  match(client.stdout, 'code 0')
  const exec = cli.onScreen('"$ISULA" exec -it --detach-keys a,b ran sh; echo "code $?"')
  await exec.says('/ # ')
  exec.type('sleep 4711 &\n')
  exec.type('ab')
  is(await exec.ended, 0)
  match(exec.stdout, 'code 0')
  match(await isula('exec', 'ran', 'ps'), 'sleep 4711')
  const joined = cli.onScreen('"$ISULA" attach ran')
  await joined.says('/ # ')
  joined.type('exit 6\n')
  is(await joined.ended, 6)
  const started = cli.onScreen('"$ISULA" start -a ran; echo "code $?"')
  await started.says('/ # ')
  started.type('\x10\x11')
  is(await started.ended, 0)
  is(await cli.status('ran'), 'running')
  await remove('ran')
})

test('CLI-EXEC-09: a client in the background is not stopped by its terminal', async () => {
  await cli.start('host')
  const job = '"$ISULA" exec -it host sh -c "echo seen; exit 6"'
  const client = cli.onScreen(`set -m; ${job} & wait $!; echo "code $?"`)
  is(await client.ended, 0)
  match(client.stdout, 'seen')
  match(client.stdout, 'code 6')
  const large = '"$ISULA" exec host sh -c "head -c 300000 /dev/zero; exit 5" > /dev/null'
  const quiet = cli.onScreen(`set -m; ${large} & wait $!; echo "code $?"`)
  is(await quiet.ended, 0)
  match(quiet.stdout, 'code 5')
  await remove('host')
})

test('a daemon that is killed gives the terminal back, and the session can be joined', async () => {
  await isula('run', '-itd', '--name', 'screened', 'busybox', 'sh')
  const script = `${terminalSum}; "$ISULA" attach screened; echo "code $?"; ${terminalSum}`
  const screen = cli.onScreen(script)
  await screen.says('/ # ')
  await cli.daemon.kill9()
  is(await screen.ended, 0)
  match(screen.stdout, 'code 1')
  const [before, after] = terminalSums(screen)
  ok(before !== undefined)
  is(after, before)
  await cli.daemon.start()
  const back = cli.onScreen('"$ISULA" attach screened')
  await back.says('/ # ')
  back.type('exit 9\n')
  is(await back.ended, 9)
  await remove('screened')
})

cli.run()
