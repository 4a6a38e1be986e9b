/** Absolute paths as users write them, made plain without touching a file system. */

const maxPathBytes = 4095

/** `/a//b/./c/` is `/a/b/c`; `..` goes up, at most to the root. Undefined: not absolute, or NUL. */
export const cleanPath = (text: string): string | undefined => {
  if (!text.startsWith('/') || text.includes('\0') || text.length > maxPathBytes) return undefined
  const parts: Array<string> = []
  for (const part of text.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Whether `path` is `ancestor` or below it; both clean. */
export const isWithin = (path: string, ancestor: string): boolean =>
  path === ancestor || ancestor === '/' || path.startsWith(`${ancestor}/`)
