/** The version in the code is that of the package. */
import { readFileSync } from 'node:fs'
import { is } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { engineVersion } from './version.ts'

const test = suite('version')

test('it is that of package.json', () => {
  is(
    (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
    engineVersion,
  )
})

test.run()
