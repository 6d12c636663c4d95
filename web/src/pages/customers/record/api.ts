// Everything the record of a customer asks of the server, and short names for its types.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { useMe } from '@/kit'

type Schemas = components['schemas']

/** A customer with everything that can be edited; contacts and invoice data masked. */
export type CustomerRecord = Schemas['CustomerRecord']
/** The fields of the row that change; what is left out stays. */
export type Patch = Schemas['CustomerRecordPatch']
export type NewCustomer = Schemas['CustomerNew']
export type ContactIn = Schemas['CustomerContactIn']
export type ContactPatch = Schemas['CustomerContactPatch']
export type ContactItem = Schemas['CustomerContactItem']
export type ContactKind = ContactItem['kind']
export type Validity = ContactItem['validity']
export type RelationIn = Schemas['CustomerRelationIn']
export type RelationPatch = Schemas['CustomerRelationPatch']
export type RelationItem = Schemas['CustomerRelationItem']
export type RelationKind = RelationItem['kind']
export type TeamMember = Schemas['CustomerTeamMember']
export type TeamRole = Schemas['CustomerTeamIn']['role']
export type Invoice = Schemas['CustomerInvoice']
export type Named = Schemas['CustomerNamed']
export type Probe = Schemas['CustomerProbe']
export type Candidate = Schemas['CustomerCandidate']
export type ChangeItem = Schemas['CustomerChangeItem']
export type Division = Schemas['CustomerDivision']
export type PoolRules = Schemas['CustomerPoolRules']

export const educations = [
  'primary',
  'junior_high',
  'senior_high',
  'vocational',
  'college',
  'bachelor',
  'master',
  'doctor',
] as const
export const channels = ['phone', 'sms', 'wecom', 'email', 'app', 'post'] as const
export const contactKinds: ContactKind[] = ['phone', 'email', 'wecom', 'address', 'code', 'app']
export const contactRoles = [
  'decider',
  'influencer',
  'user',
  'buyer',
  'finance',
  'technical',
  'other',
] as const
export const teamRoles: TeamRole[] = ['service', 'sales', 'support', 'viewer']

/** A version as the API's If-Match has it. */
export const etag = (version: number) => `"v${version}"`

export const recordKey = (id: number) => ['customers', 'record', id] as const

export const useRecord = (id: number) =>
  useQuery({
    queryKey: recordKey(id),
    queryFn: ({ signal }): Promise<CustomerRecord> =>
      ok(api.GET('/customers/{id}/record', { params: { path: { id } }, signal })),
  })

/** The server applies a patch to a newer version where nobody touched the same fields. */
export const patchRecord = (id: number, version: number, body: Patch): Promise<CustomerRecord> =>
  ok(
    api.PATCH('/customers/{id}/record', {
      params: { path: { id }, query: { merge: true }, header: { 'If-Match': etag(version) } },
      body,
    }),
  )

/** Sent again under one key, because no answer came, it makes one customer and not two. */
export const createCustomer = (body: NewCustomer, key: string): Promise<CustomerRecord> =>
  ok(api.POST('/customers', { params: { header: { 'Idempotency-Key': key } }, body }))

export const deleteCustomer = (id: number, version: number) =>
  ok(
    api.DELETE('/customers/{id}', {
      params: { path: { id }, header: { 'If-Match': etag(version) } },
    }),
  )

/** Who what is typed may mean; asked while typing, so never kept for long. */
export const useSimilar = (probe: Probe | null) =>
  useQuery({
    queryKey: ['customers', 'similar', probe],
    enabled: probe !== null,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await ok(api.POST('/customers/similar', { body: probe ?? {}, signal }))).items,
  })

export const addContact = (id: number, body: ContactIn): Promise<CustomerRecord> =>
  ok(api.POST('/customers/{id}/contacts', { params: { path: { id } }, body }))

export const editContact = (
  id: number,
  version: number,
  contact_id: number,
  body: ContactPatch,
): Promise<CustomerRecord> =>
  ok(
    api.PATCH('/customers/{id}/contacts/{contact_id}', {
      params: { path: { id, contact_id }, header: { 'If-Match': etag(version) } },
      body,
    }),
  )

export const removeContact = (id: number, contact_id: number): Promise<CustomerRecord> =>
  ok(api.DELETE('/customers/{id}/contacts/{contact_id}', { params: { path: { id, contact_id } } }))

export const verifyContact = (
  id: number,
  contact_id: number,
  validity: Validity,
): Promise<CustomerRecord> =>
  ok(
    api.POST('/customers/{id}/contacts/{contact_id}/verify', {
      params: { path: { id, contact_id } },
      body: { validity },
    }),
  )

export const addRelation = (id: number, body: RelationIn): Promise<CustomerRecord> =>
  ok(api.POST('/customers/{id}/relations', { params: { path: { id } }, body }))

export const editRelation = (
  id: number,
  version: number,
  relation_id: number,
  body: RelationPatch,
): Promise<CustomerRecord> =>
  ok(
    api.PATCH('/customers/{id}/relations/{relation_id}', {
      params: { path: { id, relation_id }, header: { 'If-Match': etag(version) } },
      body,
    }),
  )

export const removeRelation = (id: number, relation_id: number): Promise<CustomerRecord> =>
  ok(
    api.DELETE('/customers/{id}/relations/{relation_id}', {
      params: { path: { id, relation_id } },
    }),
  )

export const setTeam = (id: number, staff_id: number, role: TeamRole): Promise<CustomerRecord> =>
  ok(
    api.PUT('/customers/{id}/team/{staff_id}', {
      params: { path: { id, staff_id } },
      body: { role },
    }),
  )

export const leaveTeam = (id: number, staff_id: number): Promise<CustomerRecord> =>
  ok(api.DELETE('/customers/{id}/team/{staff_id}', { params: { path: { id, staff_id } } }))

/** The record is null where the one who handed over no longer sees the customer. */
export const handOver = (
  id: number,
  version: number,
  owner_id: number,
  keep_in_team: boolean,
): Promise<{ record: CustomerRecord | null }> =>
  ok(
    api.POST('/customers/{id}/hand-over', {
      params: { path: { id }, header: { 'If-Match': etag(version) } },
      body: { owner_id, keep_in_team },
    }),
  )

export const claim = (id: number): Promise<CustomerRecord> =>
  ok(api.POST('/customers/{id}/claim', { params: { path: { id } } }))

export const release = (id: number, reason: string) =>
  ok(api.POST('/customers/{id}/release', { params: { path: { id } }, body: { reason } }))

/** Who saw the invoice data is on record before they come. */
export const revealInvoice = (id: number): Promise<Invoice> =>
  ok(api.POST('/customers/{id}/invoice/reveal', { params: { path: { id } } }))

export const useChanges = (id: number, fields: string) =>
  useInfiniteQuery({
    queryKey: ['customers', 'changes', id, fields],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/customers/{id}/changes', {
          params: {
            path: { id },
            query: { limit: 30, cursor: pageParam, field: fields || undefined },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })

export const revealChange = (id: number, change_id: number) =>
  ok(
    api.POST('/customers/{id}/changes/{change_id}/reveal', {
      params: { path: { id, change_id } },
    }),
  )

/** Provinces, cities and districts; they change with a release of the program. */
export const useDivisions = (enabled: boolean) =>
  useQuery({
    queryKey: ['regions'],
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await ok(api.GET('/regions', { signal }))).items,
  })

/** Customers by what is typed, from one character on: that is a surname. */
export const useFound = (text: string) =>
  useQuery({
    queryKey: ['customers', 'found', text],
    enabled: text.trim() !== '',
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      // The search finds tags, too, which have numbers of their own.
      (
        await ok(api.GET('/search', { params: { query: { q: text.trim() } }, signal }))
      ).items.filter((hit) => hit.kind === 'customer'),
  })

/** What the rules say about the customer. */
export const useVerdict = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['customers', 'quality', id],
    enabled,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/quality', { params: { path: { id } }, signal })),
  })

/** Undecided pairs with the customer. */
export const usePairsOf = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['customers', 'pairs', id],
    enabled,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/customers/{id}/duplicates', { params: { path: { id } }, signal }))).items,
  })

export const usePoolRules = () =>
  useQuery({
    queryKey: ['pool', 'rules'],
    queryFn: ({ signal }): Promise<PoolRules> => ok(api.GET('/pool/rules', { signal })),
  })

export const setPoolRules = (body: PoolRules) => ok(api.PUT('/pool/rules', { body }))

/** Whether the reader may change this record. */
export function useMayEdit(record: CustomerRecord | undefined, permission: string): boolean {
  const me = useMe()
  return Boolean(record?.editable) && me.can(permission)
}
