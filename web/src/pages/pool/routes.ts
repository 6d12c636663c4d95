import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/pool', permission: perm.customerPool, page: () => import('./PoolPage') },
]
