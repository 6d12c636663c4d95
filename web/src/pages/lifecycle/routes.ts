import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/lifecycle', permission: perm.lifecycleView, page: () => import('./OverviewPage') },
  {
    path: '/lifecycle/handbook',
    permission: perm.lifecycleView,
    page: () => import('./manuals/HandbookPage'),
  },
  {
    path: '/lifecycle/sop',
    permission: perm.lifecycleView,
    page: () => import('./manuals/SopPage'),
  },
  {
    path: '/steps',
    permission: perm.lifecycleView,
    page: () => import('./steps/StepsPage'),
  },
  {
    path: '/lifecycle/settings',
    permission: perm.lifecycleView,
    page: () => import('./settings/SettingsPage'),
  },
]
