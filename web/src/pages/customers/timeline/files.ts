// Which of the chosen files a note can take. Pure; tested.
import { ApiError, asApiError } from '@/api/errors'

interface Limits {
  max_bytes: number
  max_files: number
  /** Ends of names: ".pdf". */
  ends: string[]
}

/** Names by why they are left out. */
export type Refused = Partial<Record<'unknown_type' | 'too_large' | 'too_many', string[]>>

/**
 * Takes what the server would take, as far as names and sizes tell: a refusal
 * after the note is saved comes too late. A chooser can be told to show all
 * files, so its own filter is not enough.
 */
export function sortOut(
  files: File[],
  have: number,
  limits: Limits | undefined,
): { taken: File[]; refused: Refused } {
  if (!limits) return { taken: files, refused: {} }
  const taken: File[] = []
  const refused: Refused = {}
  const refuse = (why: keyof Refused, file: File) => {
    refused[why] = [...(refused[why] ?? []), file.name]
  }
  for (const file of files) {
    const name = file.name.toLowerCase()
    if (!limits.ends.some((end) => name.endsWith(end))) refuse('unknown_type', file)
    else if (file.size > limits.max_bytes) refuse('too_large', file)
    else if (have + taken.length >= limits.max_files) refuse('too_many', file)
    else taken.push(file)
  }
  return { taken, refused }
}

/** A failure under a title that says of what: several files may fail, each for its reason. */
export function named(error: unknown, title: string): ApiError {
  const e = asApiError(error)
  return new ApiError({
    status: e.status,
    code: e.code,
    title,
    detail: e.detail,
    params: e.params,
    errors: e.fields,
    request_id: e.requestId,
  })
}
