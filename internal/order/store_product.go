package order

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// maxCachedProducts bounds a ProductCache: a catalogue of a large shop, some
// tens of MB. A fuller cache starts again empty.
const maxCachedProducts = 200_000

// ProductCache finds and makes the products of one source, and remembers
// those whose transaction has committed. It belongs to one import and is not
// safe for concurrent use.
type ProductCache struct {
	store    *Store
	sourceID int64
	now      int64
	known    map[string]knownProduct
}

type knownProduct struct {
	id int64
	Product
}

// ProductCache makes an empty cache for a source; now (unix ms) stamps new products.
func (s *Store) ProductCache(sourceID, now int64) *ProductCache {
	return &ProductCache{store: s, sourceID: sourceID, now: now, known: map[string]knownProduct{}}
}

// IDs gives the ids of products in the order given, inside InTx. New codes
// are added; a name, category or brand that is not empty and differs replaces
// the stored one (of the same code twice in the list, the last counts). An
// empty code has no product and gets id 0.
func (c *ProductCache) IDs(ctx context.Context, products []Product) ([]int64, error) {
	wanted := map[string]Product{}
	for _, p := range products {
		if p.Code == "" {
			continue
		}
		if k, ok := c.known[p.Code]; ok && !k.differs(p) {
			continue
		}
		wanted[p.Code] = wanted[p.Code].filled(p)
	}
	var fresh map[string]knownProduct
	if len(wanted) > 0 {
		var err error
		if fresh, err = c.store.upsertProducts(ctx, c.sourceID, c.now, wanted); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(products))
	for i, p := range products {
		if k, ok := fresh[p.Code]; ok {
			ids[i] = k.id
		} else if p.Code != "" {
			ids[i] = c.known[p.Code].id
		}
	}
	if len(fresh) > 0 {
		db.AfterCommit(ctx, func() { c.remember(fresh) })
	}
	return ids, nil
}

func (c *ProductCache) remember(fresh map[string]knownProduct) {
	if len(c.known)+len(fresh) > maxCachedProducts {
		clear(c.known)
	}
	for code, k := range fresh {
		c.known[code] = k
	}
}

// filled is p with what o says, where o says something.
func (p Product) filled(o Product) Product {
	p.Code = o.Code
	if o.Name != "" {
		p.Name = o.Name
	}
	if o.Category != "" {
		p.Category = o.Category
	}
	if o.Brand != "" {
		p.Brand = o.Brand
	}
	return p
}

// differs says whether o would change p.
func (p Product) differs(o Product) bool {
	return p.filled(o) != p
}

func (s *Store) upsertProducts(ctx context.Context, sourceID, now int64, wanted map[string]Product) (map[string]knownProduct, error) {
	codes := make([]string, 0, len(wanted))
	for code := range wanted {
		codes = append(codes, code)
	}
	// Sorted, so that two imports on PostgreSQL never lock each other in a circle.
	slices.Sort(codes)
	found, err := s.productsByCode(ctx, sourceID, codes)
	if err != nil {
		return nil, err
	}
	var missing []string
	var changed []int64
	for _, code := range codes {
		k, ok := found[code]
		if !ok {
			missing = append(missing, code)
			continue
		}
		if !k.differs(wanted[code]) {
			continue
		}
		k.Product = k.filled(wanted[code])
		if _, err := s.db.Q(ctx).ExecContext(ctx,
			`UPDATE products SET name = $1, category = $2, brand = $3, updated_at = $4 WHERE id = $5`,
			k.Name, k.Category, k.Brand, now, k.id); err != nil {
			return nil, db.MapError(err)
		}
		found[code] = k
		changed = append(changed, k.id)
	}
	if len(missing) == 0 {
		return found, column.Tell(ctx, s.db, toldProducts, now, changed...)
	}
	if err := s.addProducts(ctx, sourceID, now, missing, wanted); err != nil {
		return nil, err
	}
	// Read back: another import may have added one of them in between.
	added, err := s.productsByCode(ctx, sourceID, missing)
	if err != nil {
		return nil, err
	}
	for code, k := range added {
		found[code] = k
		changed = append(changed, k.id)
	}
	return found, column.Tell(ctx, s.db, toldProducts, now, changed...)
}

func (s *Store) addProducts(ctx context.Context, sourceID, now int64, codes []string, wanted map[string]Product) error {
	next, err := s.db.NextIDs(ctx, "product", len(codes))
	if err != nil {
		return err
	}
	const rows, width = 20, 8
	for part := range slices.Chunk(codes, rows) {
		var b strings.Builder
		b.WriteString(`INSERT INTO products (id, source_id, code, name, category, brand, created_at, updated_at) VALUES `)
		args := make([]any, 0, rows*width)
		for i, code := range part {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("(" + db.Placeholders(len(args)+1, width) + ")")
			p := wanted[code]
			args = append(args, next, sourceID, code, p.Name, p.Category, p.Brand, now, now)
			next++
		}
		b.WriteString(` ON CONFLICT (source_id, code) DO NOTHING`)
		if _, err := s.db.Q(ctx).ExecContext(ctx, b.String(), args...); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

func (s *Store) productsByCode(ctx context.Context, sourceID int64, codes []string) (map[string]knownProduct, error) {
	found := map[string]knownProduct{}
	err := db.InChunks(codes, func(chunk []string) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT id, code, name, category, brand FROM products WHERE source_id = $1 AND code IN (`+in+`)`,
			func(r db.Scanner) error {
				var k knownProduct
				err := r.Scan(&k.id, &k.Code, &k.Name, &k.Category, &k.Brand)
				found[k.Code] = k
				return err
			}, append([]any{sourceID}, args...)...)
	})
	return found, err
}
