package customer_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"zhike/internal/platform/db"
)

func TestZZMake(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	b := testing.Benchmark(func(b *testing.B) {
		if b.N > 1 {
			return
		}
		cfg := db.Config{Dir: "/tmp/cb"}
		if u := os.Getenv("ZZPG"); u != "" {
			cfg = db.Config{URL: u}
		} else {
			os.RemoveAll("/tmp/cb")
		}
		d, err := db.Open(context.Background(), cfg)
		must(b, err)
		_, err = d.Migrate(context.Background())
		must(b, err)
		f := setup(b, d, nil)
		f.fillBench(b, 100_000)
		must(b, d.Close())
	})
	fmt.Println(b)
}
