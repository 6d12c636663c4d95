import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { Department } from '@/api/types'

/** All departments; there are few enough to hold them. */
export const useDepartments = () =>
  useQuery({
    queryKey: ['departments'],
    queryFn: async ({ signal }) => (await ok(api.GET('/departments', { signal }))).items,
    staleTime: 60_000,
  })

export const useRoles = () =>
  useQuery({
    queryKey: ['roles'],
    queryFn: async ({ signal }) => (await ok(api.GET('/roles', { signal }))).items,
    staleTime: 60_000,
  })

export interface DepartmentNode {
  department: Department
  depth: number
  children: DepartmentNode[]
  /** Staff of the department and all below it. */
  staff: number
}

/**
 * Departments as a tree, siblings by name. A department whose parent is not in
 * the list stands at the top, so that none is ever lost from sight.
 */
export function departmentTree(list: Department[]): DepartmentNode[] {
  const ids = new Set(list.map((d) => d.id))
  const byParent = new Map<number | null, Department[]>()
  for (const d of list) {
    const parent = d.parent_id !== null && ids.has(d.parent_id) ? d.parent_id : null
    byParent.set(parent, [...(byParent.get(parent) ?? []), d])
  }
  const build = (parent: number | null, depth: number): DepartmentNode[] =>
    (byParent.get(parent) ?? [])
      .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN') || a.id - b.id)
      .map((department) => {
        const children = build(department.id, depth + 1)
        const staff = children.reduce((sum, c) => sum + c.staff, department.staff_count)
        return { department, depth, children, staff }
      })
  return build(null, 0)
}

/** A tree as lines, parents before children. */
export const flatten = (nodes: DepartmentNode[]): DepartmentNode[] =>
  nodes.flatMap((n) => [n, ...flatten(n.children)])

/** Options of a select, indented by depth. */
export const departmentOptions = (list: Department[] | undefined) =>
  flatten(departmentTree(list ?? [])).map(({ department, depth }) => ({
    value: department.id,
    label: `${'\u3000'.repeat(depth)}${department.name}`,
    name: department.name,
  }))

/** The ids of a department and everything below it: what it cannot be moved into. */
export function selfAndBelow(list: Department[], id: number): Set<number> {
  const out = new Set([id])
  let grew = true
  while (grew) {
    grew = false
    for (const d of list) {
      if (d.parent_id !== null && out.has(d.parent_id) && !out.has(d.id)) {
        out.add(d.id)
        grew = true
      }
    }
  }
  return out
}
