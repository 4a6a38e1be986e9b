/** Groups 1 and 2 of the recovery catalogue: removal, names, half-made objects (spec 95). */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { notApplied } from '../../domain/ports/answer.ts'
import { exits } from '../../simulator/host/program.ts'
import type { Client } from '../../simulator/run/client.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'
import { c1, c2, expect, failing, refused, succeeded, survives } from './scenario.ts'

const test = suite('catalogue: removal and names')

const lived = async (client: Client): Promise<void> => {
  await client.call(c.create(c1, { name: 'web' }))
  await client.call(c.start(c1))
  await client.call(c.stop(c1, 0))
}

test('R-01 an interrupted removal goes on after the restart, a second rm joins it', () =>
  survives('R-01', {
    scripts: [
      async (client) => {
        await lived(client)
        const [one, two] = await Promise.all([client.call(c.remove(c1)), client.call(c.remove(c1))])
        // One may come after the end of the other: then there is nothing left to remove.
        for (const result of [one, two])
          if (result._tag === 'Left') refused(result, 'NoSuchContainer')
          else succeeded(result, 'the removal')
        expect(one._tag === 'Right' || two._tag === 'Right', 'one of them removed it')
        await client.until('it is gone', (w) => w.container(c1) === undefined)
      },
    ],
  }))

test('R-02 a busy mount delays the removal, visibly, and is never forgotten', () =>
  survives('R-02', {
    host: () => {
      const isBusy = failing(5)
      return (ports) => ({
        ...ports,
        rootfs: {
          ...ports.rootfs,
          unmount: (id) =>
            isBusy() ? TE.left(notApplied('EBUSY', 'target is busy')) : ports.rootfs.unmount(id),
        },
      })
    },
    scripts: [
      async (client) => {
        await lived(client)
        succeeded(await client.call(c.remove(c1)), 'the removal in the end')
        await client.until('the name is free', (w) => w.containerByName('web') === undefined)
      },
    ],
  }))

test('R-04 R-17 a half-removed or half-loaded image never hides the others', () =>
  survives('R-04', {
    scripts: [
      async (client) => {
        await client.call(c.load(c.sampleImage(2)))
        await Promise.all([client.call(c.removeImage(2)), client.call(c.create(c1))])
        await client.until('the other image is there', (w) => {
          const image = w.imageByReference('image-1:latest')
          return image?.phase._tag === 'Stored'
        })
        const loaded = await client.call(c.load(c.sampleImage(2)))
        succeeded(loaded, 'loading it again')
      },
    ],
  }))

test('R-03 a volume has its users or is listed: none is orphaned by a crash or by a plain rm', () =>
  survives('R-03', {
    scripts: [
      async (client) => {
        const minted = c.anonymous(1)
        const volumes = [c.named(1), minted]
        succeeded(await client.call(c.create(c1, { volumes })), 'a container with volumes')
        succeeded(await client.call(c.create(c2, { from: [c1] })), 'another with the same')
        refused(await client.call(c.removeVolume(minted.volume)), 'VolumeInUse')
        await client.call(c.remove(c1, true, true))
        await client.until('it is there for the other', (w) => {
          expect(w.volume(minted.volume)?.phase._tag === 'Ready', 'its last user has it')
          return w.container(c1) === undefined
        })
        await client.call(c.remove(c2))
        await client.until('it is listed', (w) => w.containersOfVolume(minted.volume).length === 0)
        succeeded(await client.call(c.removeVolume(minted.volume)), 'its removal')
      },
    ],
  }))

test('R-05 a failed create leaves no name behind', () =>
  survives('R-05', {
    host: () => {
      const isFull = failing(1)
      return (ports) => ({
        ...ports,
        rootfs: {
          ...ports.rootfs,
          createWritable: (id) =>
            isFull()
              ? TE.left(notApplied('ENOSPC', 'no space left on device'))
              : ports.rootfs.createWritable(id),
        },
      })
    },
    scripts: [
      async (client) => {
        const first = await client.call(c.create(c1, { name: 'web' }))
        const isThere = first._tag === 'Right' && first.right.outcome._tag === 'Done'
        await client.until('name and container agree', (w) => {
          const holder = w.containerByName('web')
          return isThere ? holder?.id === c1 : holder === undefined
        })
        if (!isThere) succeeded(await client.call(c.create(c2, { name: 'web' })), 'its name again')
      },
    ],
  }))

test('R-06 a name is free as soon as the removal is answered', () =>
  survives('R-06', {
    scripts: [
      async (client) => {
        await lived(client)
        succeeded(await client.call(c.remove(c1)), 'the removal')
        succeeded(await client.call(c.create(c2, { name: 'web' })), 'the next of that name')
      },
    ],
  }))

test('R-09 a runtime that still knows a former life of it does not stop the next', () =>
  survives('R-09', {
    programs: [exits(0, 30)],
    host: () => {
      const forgets = failing(2)
      return (ports) => ({
        ...ports,
        runtime: {
          ...ports.runtime,
          remove: (ref) =>
            forgets() ? TE.left(notApplied('ERUNTIME', 'try again')) : ports.runtime.remove(ref),
        },
      })
    },
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        for (const attempt of [1, 2]) {
          succeeded(await client.call(c.start(c1)), `start ${attempt}`)
          await client.until(`life ${attempt} is over`, (w) => {
            const one = w.container(c1)
            return one?.phase._tag === 'Exited' && one.attempt >= attempt
          })
        }
      },
    ],
  }))

test('R-10 a rename is whole or not at all', () =>
  survives('R-10', {
    scripts: [
      async (client) => {
        await client.call(c.create(c1, { name: 'web' }))
        succeeded(await client.call(c.rename(c1, 'db')), 'the rename')
        await client.until('one name, the new one', (w) => {
          expect(w.containerByName('web') === undefined, 'the old name is free')
          return w.containerByName('db')?.id === c1
        })
        succeeded(await client.call(c.create(c2, { name: 'web' })), 'the old name for another')
      },
    ],
  }))

test('R-18 tags are those of the history, and each names one image', () =>
  survives('R-18', {
    scripts: [
      async (client) => {
        await client.call(c.load(c.sampleImage(2)))
        const reference = 'image-1:latest'
        await client.call({ _tag: 'TagImage', id: c.imageNumber(2), reference })
        await client.until('the tag has moved', (w) => {
          const named = w.imageByReference(reference)
          expect(
            w.image(c.imageNumber(1))?.references.includes(reference) !== true ||
              named?.id === c.imageNumber(1),
            'no image claims the tag of another',
          )
          return named?.id === c.imageNumber(2)
        })
      },
    ],
  }))

test.run()
