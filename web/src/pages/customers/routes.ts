import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  {
    path: '/customers/bulk',
    permission: perm.customerBulk,
    page: () => import('./list/BulkPage'),
  },
  { path: '/customers', permission: perm.customerView, page: () => import('./CustomersPage') },
  { path: '/customers/:id', permission: perm.customerView, page: () => import('./CustomerPage') },
]
