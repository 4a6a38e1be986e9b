/** The form of an audit's result. */

export interface AuditCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** One thing that is not as it should be. */
export interface AuditFinding {
  /** The check that found it. */
  readonly check: string
  /** `record 17`, `container 1a2b…`, `mount /…`. */
  readonly subject: string
  readonly detail: string
}

export interface AuditVerdict {
  readonly ok: boolean
  readonly checks: ReadonlyArray<AuditCheck>
  readonly findings: ReadonlyArray<AuditFinding>
}

/** A check is clean when nothing was found; `clean` then says how much was looked at. */
export const checkOf = (
  name: string,
  findings: ReadonlyArray<AuditFinding>,
  clean: string,
): AuditCheck => {
  const own = findings.filter((f) => f.check === name)
  return {
    name,
    ok: own.length === 0,
    detail: own.length === 0 ? clean : `${own.length} finding${own.length === 1 ? '' : 's'}`,
  }
}
