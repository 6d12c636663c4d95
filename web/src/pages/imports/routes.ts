import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/imports', permission: perm.importView, page: () => import('./ImportsPage') },
  { path: '/imports/new', permission: perm.importRun, page: () => import('./NewImportPage') },
  {
    path: '/imports/mappings',
    permission: perm.importRun,
    page: () => import('./MappingsPage'),
  },
  { path: '/imports/:id', permission: perm.importView, page: () => import('./ImportPage') },
]
