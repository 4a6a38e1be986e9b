/** Textual IP addresses, as users write them. */

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

export const isIpv4 = (text: string): boolean => ipv4.test(text)

/** Textual IPv6 without zone: up to eight groups, one `::`, an IPv4 tail. */
export const isIpv6 = (text: string): boolean => {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (tail !== null && !isIpv4(tail[2] ?? '')) return false
  const plain = tail === null ? text : `${tail[1] ?? ''}0:0`
  const halves = plain.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const enough = halves.length === 2 ? groups.length < 8 : groups.length === 8
  return enough && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
}

export const isIpAddress = (text: string): boolean => isIpv4(text) || isIpv6(text)
