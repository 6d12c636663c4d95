import { Bone, Grid } from '@/kit'
import styles from './report.module.css'

/** The report while it loads, in its final shape. */
export function ReportSkeleton() {
  return (
    <>
      <div className={styles.head}>
        <p className={styles.headline}>
          <Bone width="70%" height={24} />
        </p>
        <Bone width="90%" />
      </div>
      <Grid min={220} pair>
        {[1, 2, 3, 4].map((i) => (
          <Bone key={i} width="100%" height={118} />
        ))}
      </Grid>
      <Bone width="100%" height={260} />
      <Grid min={260}>
        {[1, 2, 3].map((i) => (
          <Bone key={i} width="100%" height={280} />
        ))}
      </Grid>
    </>
  )
}
