/** Who the container's process runs as, from the image's own passwd(5) and group(5) texts. */
import * as E from 'fp-ts/lib/Either.js'
import type { AccountFiles } from './host-facts.ts'
import { specRefusal, type SpecRefusal } from './spec.ts'

export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** Supplementary groups, the primary group last, as `start_generate_config.json` shows them. */
  readonly additionalGids: ReadonlyArray<number>
  /** Home directory; `/` for an id without an entry. */
  readonly home: string
}

interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

interface Group {
  readonly name: string
  readonly gid: number
  readonly members: ReadonlyArray<string>
}

const maxId = 2 ** 31 - 1

/** A number that may be a user or group id, or undefined. */
const id = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined
  const number = Number(text)
  return number <= maxId ? number : undefined
}

const lines = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text.split('\n').map((line) => line.replace(/\r$/, '').split(':'))

const accounts = (passwd: string): ReadonlyArray<Account> =>
  lines(passwd).flatMap((fields) => {
    const [name, , uidText, gidText, , home] = fields
    const [uid, gid] = [id(uidText), id(gidText)]
    if (name === undefined || name === '' || uid === undefined || gid === undefined) return []
    return [{ name, uid, gid, home: home === undefined || home === '' ? '/' : home }]
  })

const groups = (group: string): ReadonlyArray<Group> =>
  lines(group).flatMap((fields) => {
    const [name, , gidText, members] = fields
    const gid = id(gidText)
    if (name === undefined || name === '' || gid === undefined) return []
    return [{ name, gid, members: (members ?? '').split(',').filter((member) => member !== '') }]
  })

const groupId = (wanted: string, all: ReadonlyArray<Group>): number | undefined =>
  all.find((group) => group.name === wanted)?.gid ?? id(wanted)

const withPrimary = (gids: ReadonlyArray<number>, gid: number): ReadonlyArray<number> => [
  ...new Set([...gids.filter((other) => other !== gid), gid]),
]

const refuse = (what: 'user' | 'group', name: string): E.Either<SpecRefusal, never> =>
  E.left(
    specRefusal(
      'EUSER',
      `unable to find ${what} ${name}: no matching entries in ` +
        `${what === 'user' ? 'passwd' : 'group'} file`,
    ),
  )

const addedGroups = (
  wanted: ReadonlyArray<string>,
  all: ReadonlyArray<Group>,
): E.Either<SpecRefusal, ReadonlyArray<number>> =>
  E.traverseArray((name: string): E.Either<SpecRefusal, number> => {
    const gid = groupId(name, all)
    return gid === undefined ? refuse('group', name) : E.right(gid)
  })(wanted)

/**
 * `[<name|uid>][:<group|gid>]` (CLI-CR-46), and the names or numbers of `--group-add`. Numeric ids
 * need no entry (CLI-USER-03). The groups that list the user apply unless a group was given. An
 * empty user is uid 0.
 */
export const resolveUser = (
  user: string,
  files: AccountFiles,
  groupAdd: ReadonlyArray<string> = [],
): E.Either<SpecRefusal, ResolvedUser> => {
  const colon = user.indexOf(':')
  const wantedUser = colon < 0 ? user : user.slice(0, colon)
  const wantedGroup = colon < 0 ? '' : user.slice(colon + 1)
  const name = wantedUser === '' ? '0' : wantedUser
  const number = id(name)
  const account = accounts(files.passwd).find(
    (entry) => entry.name === name || entry.uid === number,
  )
  const uid = account?.uid ?? number
  if (uid === undefined) return refuse('user', name)
  const all = groups(files.group)
  const added = addedGroups(groupAdd, all)
  if (E.isLeft(added)) return added
  const home = account?.home ?? '/'
  if (wantedGroup !== '') {
    const gid = groupId(wantedGroup, all)
    if (gid === undefined) return refuse('group', wantedGroup)
    return E.right({ uid, gid, additionalGids: withPrimary(added.right, gid), home })
  }
  const gid = account?.gid ?? 0
  const listed = all
    .filter((group) => account !== undefined && group.members.includes(account.name))
    .map((group) => group.gid)
  return E.right({ uid, gid, additionalGids: withPrimary([...listed, ...added.right], gid), home })
}
