import { ManualPage } from './ManualPage'

export default function SopPage() {
  return <ManualPage kind="sop" />
}
