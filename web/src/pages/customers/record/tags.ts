// What forms and lists know of tags.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Tag = Schemas['Tag']
export type TagView = Omit<Schemas['TagView'], 'members'> & { members: number | null }
export type TagGroup = Schemas['TagGroupView']
export type TagsOf = Schemas['TagsOf']

export const tagGroupsKey = ['tags', 'groups']

export function useTagGroups() {
  return useQuery({
    queryKey: tagGroupsKey,
    queryFn: async ({ signal }) => (await ok(api.GET('/tag-groups', { signal }))).items,
    staleTime: 60_000,
  })
}

interface Asked {
  q?: string
  retired?: 'yes' | 'no'
  counts?: boolean
}

/** The tags that match, by group and name. */
export function useTags(query: Asked, enabled = true) {
  return useQuery({
    queryKey: ['tags', 'list', query],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/tags', { params: { query }, signal }))).items as TagView[],
    staleTime: 15_000,
  })
}

export function useCustomerTags(customerId: number) {
  return useQuery({
    queryKey: ['customers', 'tags', customerId],
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/tags', { params: { path: { id: customerId } }, signal })),
  })
}

/** Tags under their groups, groups in their order; groups without any are left out. */
export function byGroup<T extends { group_id: number }>(
  groups: TagGroup[],
  tags: T[],
): { group: TagGroup; tags: T[] }[] {
  return groups
    .map((group) => ({ group, tags: tags.filter((t) => t.group_id === group.id) }))
    .filter((x) => x.tags.length > 0)
}

/** A choice of tags after one more was chosen: of an exclusive group the newest stays. */
export function choose(chosen: number[], all: Tag[], groups: TagGroup[]): number[] {
  const groupOf = (id: number) => all.find((t) => t.id === id)?.group_id
  const out: number[] = []
  for (const id of [...chosen].reverse()) {
    const group = groups.find((g) => g.id === groupOf(id))
    if (group?.exclusive && out.some((o) => groupOf(o) === group.id)) continue
    out.unshift(id)
  }
  return out
}
