import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/lifecycle', permission: perm.lifecycleView, page: () => import('./OverviewPage') },
  {
    path: '/lifecycle/settings',
    permission: perm.lifecycleView,
    page: () => import('./settings/SettingsPage'),
  },
]
