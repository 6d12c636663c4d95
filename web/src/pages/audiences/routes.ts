import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/audiences', permission: perm.audienceView, page: () => import('./AudiencesPage') },
  { path: '/audiences/new', permission: perm.audienceEdit, page: () => import('./EditPage') },
  {
    path: '/audiences/shipped',
    permission: perm.audienceEdit,
    page: () => import('./shipped/ShippedPage'),
  },
  {
    path: '/audiences/overlap',
    permission: perm.audienceView,
    page: () => import('./overlap/OverlapPage'),
  },
  { path: '/audiences/:id', permission: perm.audienceView, page: () => import('./AudiencePage') },
  { path: '/audiences/:id/edit', permission: perm.audienceEdit, page: () => import('./EditPage') },
]
