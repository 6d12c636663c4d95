import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/settings/staff', permission: perm.staffView, page: () => import('./StaffPage') },
  {
    path: '/settings/departments',
    permission: perm.staffView,
    page: () => import('./DepartmentsPage'),
  },
  { path: '/settings/roles', permission: perm.staffView, page: () => import('./RolesPage') },
  {
    path: '/settings/fields',
    permission: perm.fieldManage,
    page: () => import('./fields/FieldsPage'),
  },
  { path: '/settings/tags', permission: perm.tagManage, page: () => import('./tags/TagsPage') },
  {
    path: '/settings/hours',
    permission: perm.settingsView,
    page: () => import('./hours/HoursPage'),
  },
  { path: '/settings/audit', permission: perm.auditView, page: () => import('./AuditPage') },
  // Without job.view a person sees the jobs that he or she started.
  { path: '/settings/jobs', page: () => import('./JobsPage') },
  { path: '/settings/system', permission: perm.systemView, page: () => import('./SystemPage') },
]
