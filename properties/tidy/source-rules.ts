/** What lint cannot say about a source file, as pure functions from its text to complaints. */
import ts from 'typescript'

export const limits = { lineLength: 100, fileLines: 400, functionLines: 70 } as const

const bannedNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'misc'])
const kebabCase = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/
const machinePath = /(^|[^a-z])\/(work|farm)\//

const lineNumbers = (text: string, bad: (line: string) => boolean): ReadonlyArray<number> =>
  text.split('\n').flatMap((line, index) => (bad(line) ? [index + 1] : []))

export const longLines = (text: string): ReadonlyArray<string> =>
  lineNumbers(text, (line) => line.length > limits.lineLength).map(
    (line) => `line ${line} is longer than ${limits.lineLength}`,
  )

export const longFile = (text: string): ReadonlyArray<string> => {
  const lines = text.trimEnd().split('\n').length
  return lines > limits.fileLines ? [`${lines} lines, more than ${limits.fileLines}`] : []
}

/** Splits `a/b-c.real.test.ts` into names that each must be fit to be a name of ours. */
export const badName = (path: string): ReadonlyArray<string> => {
  const parts = path.split('/')
  const stems = parts.map((part) => part.split('.')[0] ?? '')
  const banned = stems.filter((stem) => bannedNames.has(stem))
  const oddCase = parts.filter((part) => !kebabCase.test(part))
  return [
    ...banned.map((name) => `'${name}' says nothing about what it holds`),
    ...oddCase.map((part) => `'${part}' is not kebab-case`),
  ]
}

/** A `#!` line may come first: Node programs need it. */
export const noPurpose = (text: string): ReadonlyArray<string> =>
  /^(#![^\n]*\n)?\/\*\*\s*(?!\*\/)\S/.test(text)
    ? []
    : ['does not open with a /** purpose */ comment']

export const neverRuns = (text: string): ReadonlyArray<string> =>
  /(^|\n)\s*(else )?[a-zA-Z]+\.run\(\)\s*$/.test(text)
    ? []
    : ['does not end with run(): it tests nothing']

export const machinePaths = (text: string): ReadonlyArray<string> =>
  lineNumbers(text, (line) => machinePath.test(line)).map(
    (line) => `line ${line} names a path of one machine`,
  )

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)

const lineOf = (source: ts.SourceFile, position: number): number =>
  source.getLineAndCharacterOfPosition(position).line + 1

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined

const hasDefault = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)

const isDefaultExport = (node: ts.Node): boolean =>
  (ts.isExportAssignment(node) && node.isExportEquals !== true) ||
  (ts.isExportSpecifier(node) && node.name.text === 'default') ||
  hasDefault(node)

const complaint = (source: ts.SourceFile, node: ts.Node): string | undefined => {
  const first = lineOf(source, node.getStart(source))
  const lines = lineOf(source, node.getEnd()) - first + 1
  if (isFunction(node) && lines > limits.functionLines) {
    return `the function at line ${first} has ${lines} lines, more than ${limits.functionLines}`
  }
  if (ts.isCatchClause(node) && node.block.statements.length === 0) {
    return `the catch at line ${first} is silent`
  }
  return isDefaultExport(node) ? `line ${first} exports a default` : undefined
}

/** Complaints that need the syntax tree: long functions, silent catches, default exports. */
export const syntaxComplaints = (path: string, text: string): ReadonlyArray<string> => {
  const source = parse(path, text)
  const found: Array<string> = []
  const visit = (node: ts.Node): void => {
    const said = complaint(source, node)
    if (said !== undefined) found.push(said)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
