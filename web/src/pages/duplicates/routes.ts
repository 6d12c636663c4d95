import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  { path: '/duplicates', permission: perm.customerMerge, page: () => import('./DuplicatesPage') },
]
