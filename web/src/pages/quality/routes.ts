import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/quality', permission: perm.qualityView, page: () => import('./QualityPage') },
]
