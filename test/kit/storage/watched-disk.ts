import { type FileSystem, nodeFileSystem } from '../../../adapters/storage/file-system.ts'

/** Is told of each step before it is done, with a short name such as `rename`; may throw. */
export type BeforeStep = (step: string) => void

/** The disk, step by step: every call that changes it or makes a change durable. */
export function watchedDisk(before: BeforeStep): FileSystem {
  const step = <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      before(name)
      return work(...args)
    }
  }
  const { link, mkdir, open, rename, unlink } = nodeFileSystem
  return {
    ...nodeFileSystem,
    link: step('link', link),
    mkdir: step('mkdir', mkdir) as typeof mkdir,
    rename: step('rename', rename),
    unlink: step('unlink', unlink),
    open: async (path, flags, mode) => {
      if (flags === 'wx') before('open')
      const handle = await open(path, flags, mode)
      const kind = flags === 'wx' ? '' : ' folder'
      const { sync, write, close } = handle
      handle.sync = step(`sync${kind}`, sync.bind(handle))
      if (flags === 'wx') {
        handle.write = step('write', write.bind(handle) as () => never) as typeof write
        // A descriptor is gone whatever its close says.
        handle.close = async () => {
          await close.call(handle)
          before('close')
        }
      }
      return handle
    },
  }
}
