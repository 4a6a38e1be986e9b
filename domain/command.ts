/** The closed union of all commands, and the stream that each addresses first. */
import type { ContainerCommand } from './container/commands.ts'
import type { EngineCommand } from './engine/commands.ts'
import type { ImageCommand } from './image/commands.ts'
import type { LayerCommand } from './layer/commands.ts'
import type { VolumeCommand } from './volume/commands.ts'

export type Command = ContainerCommand | ImageCommand | LayerCommand | VolumeCommand | EngineCommand

export type CommandOf<Tag extends Command['_tag']> = Extract<Command, { _tag: Tag }>
