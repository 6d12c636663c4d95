import type { CustomerRecord } from './api'
import { conflictOf } from './conflict'

/**
 * Writes with the version that is shown. Where others changed something else in
 * the meantime it writes once more with the newer version; where they touched
 * the same thing (a field whose name begins with `about`) it throws, and
 * somebody decides.
 */
export async function retrying<T>(
  record: Pick<CustomerRecord, 'version'>,
  about: string,
  call: (version: number) => Promise<T>,
): Promise<T> {
  try {
    return await call(record.version)
  } catch (error) {
    const conflict = conflictOf(error)
    const touched = (field: string) => field === about || field.startsWith(`${about}.`)
    if (!conflict || conflict.others.some(touched) || conflict.fields.length > 0) throw error
    return call(conflict.version)
  }
}
