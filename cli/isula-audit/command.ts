/** The form of a command of `isula-audit`: what it gets, and what it answers. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { AuditCheck, AuditFinding } from '../../journal/audit/verdict.ts'
import type { Arguments, FlagSpec } from './arguments.ts'
import type { OpenedSource } from './sources/opened-source.ts'

export interface Output {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** 0: clean, 1: findings, 2: wrong usage, or something cannot be read or written. */
export type ExitCode = 0 | 1 | 2

export interface Result {
  /** False: exit code 1. */
  readonly clean: boolean
  /** For people; ends with a line end. */
  readonly text: string
  /** The same as one document. */
  readonly json: object
  /** Beside the verdict on the journal itself, for the page. */
  readonly findings?: ReadonlyArray<AuditFinding>
  readonly checks?: ReadonlyArray<AuditCheck>
}

/** `usage`: the command line is wrong, so that the help follows. */
export interface Failure {
  readonly detail: string
  readonly usage: boolean
}

export type Answer = Promise<Either<Failure, Result>>

export interface Command {
  readonly name: string
  /** `timeline [OBJECT]` */
  readonly synopsis: string
  readonly purpose: string
  readonly flags: ReadonlyArray<FlagSpec>
}

/** Works on the records of a daemon, a directory or a file. */
export interface SourceCommand extends Command {
  readonly kind: 'source'
  /** True: the first operand is the path of the journal. */
  readonly pathFirst: boolean
  readonly run: (args: Arguments, opened: OpenedSource, output: Output) => Answer
}

/** Finds its own material. */
export interface PlainCommand extends Command {
  readonly kind: 'plain'
  readonly run: (args: Arguments, output: Output) => Answer
}

export const failed = (detail: string): Either<Failure, never> => E.left({ detail, usage: false })

export const wrongUsage = (detail: string): Either<Failure, never> =>
  E.left({ detail, usage: true })
