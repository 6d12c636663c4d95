package duplicate

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/dedupe"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
)

const (
	// comparePage is how many new customers are compared at once.
	comparePage = 200
	// maxBeside bounds how many of one name a new customer is compared with.
	maxBeside = 50
)

// comparison compares new customers with those that are there, without going
// through all of them: whoever has the same contact, or a name that is read the
// same and a birthday or a city in common.
type comparison struct {
	*Service
	scorer *dedupe.Scorer
}

func (s *Service) comparison(ctx context.Context) (*comparison, error) {
	w, err := s.used(ctx)
	if err != nil {
		return nil, err
	}
	scorer, err := dedupe.NewScorer(w)
	return &comparison{s, scorer}, err
}

// soundOf gives the words by which a name is found: as it is written, and as it
// is read.
func soundOf(name string) (written, read string) {
	terms := clean.FoldSearch(name)
	if len(terms) == 0 || len([]rune(terms[0])) < 2 {
		return "", ""
	}
	for _, t := range terms[1:] {
		if len(t) > len(read) && strings.Trim(t, "abcdefghijklmnopqrstuvwxyz") == "" {
			read = t
		}
	}
	return terms[0], read
}

// beside finds whom each of people may be, by place; their own ids are not
// among them.
func (c *comparison) beside(ctx context.Context, people []person, hashes [][]hashRow) ([][]int64, error) {
	out := make([][]int64, len(people))
	add := func(i int, ids ...int64) {
		for _, id := range ids {
			if id != people[i].id && !slices.Contains(out[i], id) && len(out[i]) < 2*maxBeside {
				out[i] = append(out[i], id)
			}
		}
	}
	at := map[string][]int{}
	var blinds [][]byte
	for i := range people {
		p := &people[i]
		if written, read := soundOf(p.name); written != "" {
			ids, err := c.store.beside(ctx, written, read, p, maxBeside)
			if err != nil {
				return nil, err
			}
			add(i, ids...)
		}
		for _, h := range hashes[i] {
			if h.kind == "address" {
				continue // shared by a house
			}
			if at[string(h.blind)] == nil {
				blinds = append(blinds, h.blind)
			}
			at[string(h.blind)] = append(at[string(h.blind)], i)
		}
	}
	err := c.store.owners(ctx, blinds, func(blind []byte, id int64) {
		for _, i := range at[string(blind)] {
			add(i, id)
		}
	})
	return out, err
}

// Newcomers gives, for each customer of a file that looks like one that is
// there or like one further up in the file, the likest. It writes nothing.
func (s *Service) Newcomers(ctx context.Context, list []importer.Newcomer, progress func(done, total int64)) ([]importer.Alike, error) {
	c, err := s.comparison(ctx)
	if err != nil {
		return nil, err
	}
	people, hashes := make([]person, len(list)), make([][]hashRow, len(list))
	records := make([]dedupe.Record, len(list))
	peers := map[string][]int{}
	var out []importer.Alike
	for i := range list {
		n := &list[i]
		people[i] = person{kind: n.Kind, name: n.Name, company: n.Company, birthday: n.Birthday, province: n.Province, city: n.City}
		for _, h := range n.Contacts {
			hashes[i] = append(hashes[i], hashRow{kind: h.Kind, blind: h.Blind})
		}
		records[i] = people[i].record(hashes[i])
	}
	for from := 0; from < len(list); from += comparePage {
		to := min(from+comparePage, len(list))
		near, err := c.beside(ctx, people[from:to], hashes[from:to])
		if err != nil {
			return nil, err
		}
		there, err := s.records(ctx, flat(near))
		if err != nil {
			return nil, err
		}
		for i := from; i < to; i++ {
			best := importer.Alike{Line: list[i].Line, Name: list[i].Name}
			try := func(r dedupe.Record, set func()) {
				score, reasons := c.scorer.Score(&records[i], &r)
				if score >= reviewFrom && score > best.Score {
					best.Score, best.Reasons = score, reasons
					best.OtherID, best.OtherLine, best.OtherName = 0, 0, ""
					set()
				}
			}
			for _, id := range near[i-from] {
				if r, ok := there[id]; ok {
					try(r, func() { best.OtherID = id })
				}
			}
			written, read := soundOf(list[i].Name)
			if read == "" {
				read = written
			}
			for _, k := range peers[read] {
				try(records[k], func() { best.OtherLine, best.OtherName = list[k].Line, list[k].Name })
			}
			if read != "" && len(peers[read]) < maxBeside {
				peers[read] = append(peers[read], i)
			}
			if best.Score > 0 {
				out = append(out, best)
			}
		}
		progress(int64(to), int64(len(list)))
	}
	return out, nil
}

// Made writes the pairs of customers that were just made, as a scan would. It
// may be called again; what was decided stays decided.
func (s *Service) Made(ctx context.Context, ids []int64, progress func(done, total int64)) error {
	c, err := s.comparison(ctx)
	if err != nil {
		return err
	}
	for from := 0; from < len(ids); from += comparePage {
		page := ids[from:min(from+comparePage, len(ids))]
		people, err := s.store.peopleByIDs(ctx, page)
		if err != nil {
			return err
		}
		rows, err := s.store.hashesOf(ctx, page)
		if err != nil {
			return err
		}
		by := map[int64][]hashRow{}
		for _, h := range rows {
			by[h.customerID] = append(by[h.customerID], h)
		}
		hashes := make([][]hashRow, len(people))
		for i := range people {
			hashes[i] = by[people[i].id]
		}
		near, err := c.beside(ctx, people, hashes)
		if err != nil {
			return err
		}
		there, err := s.records(ctx, flat(near))
		if err != nil {
			return err
		}
		var found []dedupe.Pair
		for i := range people {
			r := people[i].record(hashes[i])
			set := make([]dedupe.Record, 0, len(near[i]))
			for _, id := range near[i] {
				if o, ok := there[id]; ok {
					set = append(set, o)
				}
			}
			found = append(found, c.scorer.Candidates(&r, set, reviewFrom)...)
		}
		if len(found) > 0 {
			if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.upsertPairs(ctx, found, s.now()) }); err != nil {
				return err
			}
		}
		progress(int64(from+len(page)), int64(len(ids)))
	}
	return nil
}

func flat(lists [][]int64) []int64 {
	var out []int64
	for _, l := range lists {
		out = append(out, l...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ImportPairs says how many undecided pairs have a customer that an import
// made, and shows the likeliest of those of which the actor may see a side.
type ImportPairs struct {
	Open     int64  `json:"open" doc:"Undecided pairs of the import, counted up to 10,000"`
	Examples []Pair `json:"examples"`
}

// OfImport gives the undecided pairs of an import. Error: forbidden without
// import.run.
func (s *Service) OfImport(ctx context.Context, importID int64) (ImportPairs, error) {
	out := ImportPairs{Examples: []Pair{}}
	if err := auth.Require(ctx, importer.PermRun); err != nil {
		return out, err
	}
	var err error
	if out.Open, err = s.store.countOfImport(ctx, importID, 10_000); err != nil || out.Open == 0 {
		return out, err
	}
	page, err := s.List(ctx, PairQuery{Status: pairOpen, MinScore: reviewFrom, Limit: 5, Import: importID})
	if err != nil {
		return out, err
	}
	out.Examples = append(out.Examples, page.Items...)
	return out, nil
}
