/**
 * The open connections. After some protocol errors HTTP/2 reads a connection no more and does not
 * tell: nobody would notice that its client went, and it would stay for ever. So the kernel is
 * asked now and then.
 */
import type { Socket } from 'node:net'
import { hasHungUp } from '../../kernel/hung-up.ts'
import { descriptorOf } from './peer.ts'

const sweepMs = 2_000

const isDeserted = (socket: Socket): boolean => {
  const fd = descriptorOf(socket)
  if (fd === undefined) return false
  const asked = hasHungUp(fd)
  return asked.ok && asked.value
}

export class Connections {
  readonly #open = new Set<Socket>()
  /** Found deserted by the last sweep: HTTP/2 had its time to notice by itself. */
  #deserted = new Set<Socket>()
  #timer: NodeJS.Timeout | undefined
  readonly #everyMs: number

  constructor(everyMs = sweepMs) {
    this.#everyMs = everyMs
  }

  get size(): number {
    return this.#open.size
  }

  add(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#forget(socket))
    // No connection, no timer: an idle daemon sleeps.
    this.#timer ??= setInterval(() => this.#sweep(), this.#everyMs).unref()
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy()
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket)
    this.#deserted.delete(socket)
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sweep(): void {
    const deserted = new Set([...this.#open].filter(isDeserted))
    const twice = [...deserted].filter((socket) => this.#deserted.has(socket))
    this.#deserted = deserted
    for (const socket of twice) socket.destroy()
  }
}
