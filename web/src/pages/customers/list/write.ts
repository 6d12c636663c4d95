// One field of one customer, written from a list.
import type { QueryClient } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { CustomerList } from '../api'
import { etag, handOver, type Patch, patchRecord, recordKey } from '../record/api'
import type { FieldInfo } from './api'

const recordNames: Record<string, string> = {
  owner: 'owner_id',
  adviser: 'adviser_id',
  department: 'department_id',
  region: 'region_code',
}

/** What the record calls a field of a list. */
export const recordName = ({ code }: FieldInfo): string => recordNames[code] ?? code

const isCustom = (field: FieldInfo) => field.group === 'custom'

/** The version that a change is made on: whoever writes later than this is asked. */
export async function versionOf(id: number): Promise<number> {
  const record = await ok(api.GET('/customers/{id}/record', { params: { path: { id } } }))
  return record.version
}

/** Writes a value; throws a 409 where somebody changed the same field since the version. */
export async function writeField(
  id: number,
  version: number,
  field: FieldInfo,
  value: unknown,
): Promise<void> {
  if (isCustom(field)) {
    await ok(
      api.PATCH('/customers/{id}/fields', {
        params: { path: { id }, header: { 'If-Match': etag(version) } },
        body: { values: { [field.code.replace(/^f\./, '')]: value } },
      }),
    )
    return
  }
  if (field.code === 'owner' && typeof value === 'number') {
    await handOver(id, version, value, false)
    return
  }
  const name = recordName(field)
  const empty = field.type === 'staff' || field.type === 'department' ? null : ''
  await patchRecord(id, version, { [name]: value ?? empty } as Patch)
}

/** Shows a value in every list that is open; gives back what takes it back. */
export function showValue(client: QueryClient, id: number, code: string, value: unknown) {
  const filter = { queryKey: ['customers', 'list'] }
  const before = client.getQueriesData<CustomerList>(filter)
  client.setQueriesData<CustomerList>(
    filter,
    (page) =>
      page && {
        ...page,
        items: page.items.map((row) =>
          row.id === id ? { ...row, values: { ...row.values, [code]: value } } : row,
        ),
      },
  )
  return () => {
    for (const [key, page] of before) client.setQueryData(key, page)
  }
}

/** What else shows the customer is asked again. */
export function written(client: QueryClient, id: number) {
  client.invalidateQueries({ queryKey: recordKey(id) })
  client.invalidateQueries({ queryKey: ['customers', 'one', id] })
  client.invalidateQueries({ queryKey: ['customers', 'fields', id] })
}
