/** The image of a container whose root file system is not made of one. */
import { imageId, type ImageId } from '../identity.ts'

/** No config file has this digest that anybody could find. */
export const noImage: ImageId = imageId('0'.repeat(64))
