// Everything the history of a customer asks of the server, and short names for its types.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']
/** The generator drops "or null" where a field refers to an object; this puts it back. */
type Nullable<T, K extends keyof T> = Omit<T, K> & { [F in K]: T[F] | null }

export type Person = Schemas['TimelinePerson']
export type Colleague = Schemas['CustomerColleague']
export type Step = Nullable<Schemas['TimelineStep'], 'done_by'>
export type Attachment = Schemas['TimelineAttachment']
/** What somebody wrote down about a customer. */
export type Note = Omit<Nullable<Schemas['TimelineNote'], 'next_step'>, 'next_step'> & {
  next_step: Step | null
}
export type NoteKind = Note['kind']
export type NoteInput = Schemas['TimelineNoteInput']
export type Fact = Schemas['TimelineFact']
export type Entry = Omit<Nullable<Schemas['TimelineEntry'], 'actor' | 'note'>, 'note'> & {
  note: Note | null
}
export type KindItem = Schemas['TimelineKindItem']
export interface History {
  items: Entry[]
  next_cursor: string | null
  kinds: KindItem[]
}
export type StepItem = Schemas['TimelineStepItem']
export type Steps = Schemas['TimelineSteps']
export type Revision = Schemas['TimelineRevision']

export const noteKinds: NoteKind[] = [
  'call',
  'visit',
  'consultation',
  'complaint',
  'message',
  'note',
]
export const outcomes = ['reached', 'no_answer', 'agreed', 'refused', 'solved', 'open'] as const

export const loadHistory = (
  id: number,
  kind: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<History> =>
  ok(
    api.GET('/customers/{id}/timeline', {
      params: { path: { id }, query: { limit: 30, cursor, kind: kind || undefined } },
      signal,
    }),
  ) as Promise<History>

export const createNote = (id: number, body: NoteInput) =>
  ok(api.POST('/customers/{id}/notes', { params: { path: { id } }, body })) as Promise<Note>

export const updateNote = (id: number, version: number, body: NoteInput) =>
  ok(
    api.PUT('/notes/{id}', { params: { path: { id } }, body: { ...body, version } }),
  ) as Promise<Note>

export const deleteNote = (id: number) =>
  ok(api.DELETE('/notes/{id}', { params: { path: { id } } }))

export const finishStep = (id: number, done: boolean) =>
  ok(api.PUT('/notes/{id}/next-step', { params: { path: { id } }, body: { done } }))

export const loadRevisions = (id: number, signal: AbortSignal) =>
  ok(api.GET('/notes/{id}/history', { params: { path: { id } }, signal }))

export const loadSteps = (
  state: 'due' | 'open' | 'done',
  limit: number,
  signal: AbortSignal,
): Promise<Steps> =>
  ok(api.GET('/notes/next-steps', { params: { query: { state, limit } }, signal }))

/** The file goes as a form: its name is nobody's business in an address. */
export const attachFile = (noteId: number, file: File): Promise<unknown> => {
  const form = new FormData()
  form.append('file', file, file.name)
  return ok(
    api.POST('/notes/{id}/attachments', {
      params: { path: { id: noteId } },
      body: form as unknown as string,
      bodySerializer: (body) => body as unknown as FormData,
    }),
  )
}

export const deleteFile = (id: number) =>
  ok(api.DELETE('/attachments/{id}', { params: { path: { id } } }))

/** What a file may be; asked when the form opens. */
export const useFileLimits = (enabled: boolean) =>
  useQuery({
    queryKey: ['notes', 'files'],
    enabled,
    staleTime: 10 * 60_000,
    queryFn: ({ signal }) => ok(api.GET('/notes/files', { signal })),
  })

export const usePeople = (text: string, enabled: boolean) =>
  useQuery({
    queryKey: ['colleagues', text],
    enabled,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }): Promise<{ items: Colleague[] }> =>
      ok(api.GET('/colleagues', { params: { query: { q: text || undefined } }, signal })),
  })
