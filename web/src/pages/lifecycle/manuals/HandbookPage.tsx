import { ManualPage } from './ManualPage'

export default function HandbookPage() {
  return <ManualPage kind="handbook" />
}
