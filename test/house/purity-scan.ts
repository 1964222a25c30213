import ts from 'typescript'

/** A place where source reaches for something that is not a function of its input. */
export type Finding = { readonly line: number; readonly what: string; readonly why: string }

const ambient: Readonly<Record<string, string>> = {
  Date: 'time is an Event',
  performance: 'time is an Event',
  setTimeout: 'a timer is a message of the Runtime',
  setInterval: 'a timer is a message of the Runtime',
  setImmediate: 'a timer is a message of the Runtime',
  queueMicrotask: 'order is the order of messages',
  process: 'the environment is no input',
  globalThis: 'hides what is used',
  Intl: 'depends on the locale of the machine',
  crypto: 'chance comes from core/random.ts',
  WeakRef: 'depends on garbage collection',
  FinalizationRegistry: 'depends on garbage collection',
}
const localeMember = /^(toLocale\w*|localeCompare)$/
/** Exact by definition in IEEE 754 or in integers, so the same on every engine. */
const exactMath = new Set(
  'abs ceil floor round trunc sign min max imul clz32 fround sqrt E PI LN2 LN10 SQRT2'.split(' '),
)

/** Every use of ambient time, chance, locale or engine-dependent arithmetic in one source text. */
export function findImpurities(text: string, allowedMath: readonly string[] = []): Finding[] {
  const file = ts.createSourceFile('scan.ts', text, ts.ScriptTarget.Latest, true)
  const findings: Finding[] = []
  const report = (node: ts.Node, what: string, why: string) => {
    findings.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what, why })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) visitName(node, report, allowedMath)
    if (ts.isStringLiteral(node) && isKey(node) && localeMember.test(node.text)) {
      report(node, node.text, 'depends on the locale of the machine')
    }
    if (ts.isBinaryExpression(node)) visitPower(node, report)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return findings
}

type Report = (node: ts.Node, what: string, why: string) => void

function visitName(node: ts.Identifier, report: Report, allowedMath: readonly string[]): void {
  const { parent, text } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    if (localeMember.test(text)) report(node, text, 'depends on the locale of the machine')
    return
  }
  if (isDeclaredName(node)) return
  const why = ambient[text]
  if (why !== undefined) report(node, text, why)
  if (text === 'Math') visitMath(node, report, allowedMath)
}

/** `Math` may be used only as `Math.name`: an alias or a computed member would hide the name. */
function visitMath(node: ts.Identifier, report: Report, allowed: readonly string[]): void {
  const { parent } = node
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) {
    report(node, 'Math', 'used other than as Math.name, which hides the function')
    return
  }
  const name = parent.name.text
  if (exactMath.has(name) || allowed.includes(name)) return
  const why = name === 'random' ? 'chance comes from core/random.ts' : 'engines differ in it'
  report(node, `Math.${name}`, why)
}

/** A bigint power is exact; a number power is only when its exponent stands in the source. */
function visitPower(node: ts.BinaryExpression, report: Report): void {
  const kind = node.operatorToken.kind
  if (kind !== ts.SyntaxKind.AsteriskAsteriskToken) {
    if (kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) {
      report(node, '**=', 'engines differ in it')
    }
    return
  }
  if (ts.isBigIntLiteral(node.left) || ts.isNumericLiteral(node.right)) return
  report(node, '**', 'engines differ in it when the exponent is not a literal')
}

const isKey = (node: ts.StringLiteral): boolean =>
  ts.isElementAccessExpression(node.parent) && node.parent.argumentExpression === node

/** Names that declare or label something: `{ process: 1 }`, `type T = { Date: … }`, imports. */
function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isShorthandPropertyAssignment(parent)) return false
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return true
  const declares =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isNamedTupleMember(parent)
  return declares && parent.name === node
}
