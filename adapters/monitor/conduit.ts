/** One connection to a monitor's attach socket, shared by all clients of that launch. */
import { closeSync } from 'node:fs'
import { readiness as bits } from '../kernel/epoll.ts'
import type { Readiness, Watched } from '../kernel/readiness.ts'
import { endSending, receivePacket, sendPacket } from '../kernel/unix-socket.ts'
import {
  makeStreamClient,
  type AttachStream,
  type OutputKind,
  type StreamClient,
  type StreamEnd,
  type StreamLimits,
} from './attach-stream.ts'
import type { StdinOfMonitor } from './monitor-command.ts'

export interface ConduitParts {
  readonly fd: number
  readonly readiness: Readiness
  readonly limits: StreamLimits
  readonly stdin: StdinOfMonitor
  readonly onClosed: () => void
}

/** conmon's packets: one byte of stream number, then at most 8192 bytes (host 2.1). */
const packetBytes = 64 * 1024
const writeBytes = 8192
/** Packets taken in one go, so that one loud container does not hold the main thread. */
const packetsPerTurn = 64
const streamNumbers: Readonly<Record<number, OutputKind>> = { 2: 'stdout', 3: 'stderr' }

interface PendingWrite {
  bytes: Uint8Array
  readonly done: (taken: boolean) => void
}

export class Conduit {
  private readonly parts: ConduitParts
  private readonly watched: Watched
  private readonly clients = new Set<StreamClient>()
  private readonly writes: Array<PendingWrite> = []
  private readonly buffer = Buffer.allocUnsafe(packetBytes)
  private ending = false
  private open = true

  constructor(parts: ConduitParts) {
    this.parts = parts
    this.watched = parts.readiness.watch({
      fd: parts.fd,
      events: bits.readable,
      onReady: () => this.serve(),
    })
  }

  join(): AttachStream {
    const client = makeStreamClient(
      {
        write: (bytes) => this.write(bytes),
        closeStdin: () => this.closeStdin(),
        relieved: () => this.rearm(),
        left: (end) => this.leave(client, end),
      },
      this.parts.limits,
    )
    this.clients.add(client)
    if (!this.open) client.finish()
    return client.stream
  }

  /**
   * The container is slowed only where everybody who looks on is slow, for as long as their limits
   * bear with it; while one of them has room, the others must keep up or are cut.
   */
  private hasReader(): boolean {
    return this.clients.size === 0 || [...this.clients].some((c) => !c.isFull())
  }

  private rearm(): void {
    if (!this.open) return
    const read = this.hasReader()
    const write = this.writes.length > 0
    this.watched.setEvents((read ? bits.readable : 0) | (write ? bits.writable : 0))
  }

  private serve(): void {
    if (!this.open) return
    this.flush()
    if (this.open && this.hasReader()) this.receive()
    this.rearm()
  }

  private receive(): void {
    for (let packet = 0; packet < packetsPerTurn; packet++) {
      const result = receivePacket(this.parts.fd, this.buffer)
      if (!result.ok && result.errno === 'EAGAIN') return
      if (!result.ok || result.value === 0) return this.close()
      const kind = streamNumbers[this.buffer[0] ?? 0]
      if (kind === undefined) continue
      const bytes = new Uint8Array(this.buffer.subarray(1, result.value))
      for (const client of this.clients) client.deliver(kind, bytes)
    }
  }

  private write(bytes: Uint8Array): Promise<boolean> {
    if (!this.open || this.ending || !this.parts.stdin.open) return Promise.resolve(false)
    if (bytes.length === 0) return Promise.resolve(true)
    return new Promise((done) => {
      this.writes.push({ bytes, done })
      this.flush()
      this.rearm()
    })
  }

  private flush(): void {
    for (let next = this.writes[0]; next !== undefined; next = this.writes[0]) {
      const chunk = next.bytes.subarray(0, writeBytes)
      const result = sendPacket(this.parts.fd, chunk)
      if (!result.ok && result.errno === 'EAGAIN') return
      if (!result.ok) return this.refuseWrites()
      next.bytes = next.bytes.subarray(chunk.length)
      if (next.bytes.length > 0) continue
      this.writes.shift()
      next.done(true)
    }
    if (this.ending) endSending(this.parts.fd)
  }

  private refuseWrites(): void {
    for (const pending of this.writes.splice(0)) pending.done(false)
  }

  /** Only where the launch gives the end on: elsewhere stdin outlives its clients. */
  private closeStdin(): void {
    const { open, kept } = this.parts.stdin
    if (!open || kept || this.ending || !this.open) return
    this.ending = true
    this.flush()
  }

  private leave(client: StreamClient, end: StreamEnd): void {
    this.clients.delete(client)
    if (end === 'ended') return
    if (this.clients.size === 0) this.close()
    else this.rearm()
  }

  private close(): void {
    if (!this.open) return
    this.open = false
    this.watched.cancel()
    closeSync(this.parts.fd)
    this.refuseWrites()
    this.parts.onClosed()
    for (const client of this.clients) client.finish()
  }
}
