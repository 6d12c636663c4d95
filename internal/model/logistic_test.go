package model

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"zhike/internal/platform/errs"
	"zhike/test/realdata"
)

// telco is the frame of the public data set and its label.
func telco(t testing.TB) (*Frame, []bool) {
	t.Helper()
	file, err := os.Open(realdata.Path(t, "telco_churn/Telco-Customer-Churn.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows[0]) - 1
	b := NewFrameBuilder(rows[0][1:last])
	var churned []bool
	for _, r := range rows[1:] {
		if err := b.Add(r[1:last]); err != nil {
			t.Fatal(err)
		}
		churned = append(churned, r[last] == "Yes")
	}
	return b.Frame(), churned
}

func TestTelco(t *testing.T) {
	f, churned := telco(t)
	ctx := context.Background()
	v, err := Validate(ctx, f, "Churn", churned, 0, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("AUC %.4f (%.4f–%.4f), folds %.3f, Brier %.4f of %.4f, ECE %.4f", v.AUC, v.AUCLow, v.AUCHigh, v.FoldAUC, v.Brier, v.BrierBase, v.ECE)
	if v.Customers != 7043 || v.Positives != 1869 || v.AUC < 0.84 || v.AUC > 0.85 || v.ECE > 0.02 || v.Brier > 0.14 {
		t.Errorf("%+v", v)
	}
	m, err := Learn(ctx, f, "Churn", churned, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Converged || m.Steps > 12 {
		t.Errorf("%d steps, converged %v", m.Steps, m.Converged)
	}
	byField := map[string]Effect{}
	for _, e := range m.Effects() {
		byField[e.Field+" "+e.Word] = e
	}
	// What SOURCE.txt shows one by one holds beside the other fields.
	for name, direction := range map[string]string{
		"tenure ": "down", "Contract Two year": "down", "Contract One year": "down", "PaperlessBilling No": "down", "SeniorCitizen 1": "up",
	} {
		if e, ok := byField[name]; !ok || e.Direction() != direction {
			t.Errorf("%s: %+v, want %s", name, e, direction)
		}
	}
	if c := f.column("TotalCharges"); c.Numbers == nil {
		t.Error("TotalCharges is not read as numbers")
	}
	for _, fd := range m.Fields {
		if fd.Name == "TotalCharges" && fd.Missing != 11 {
			t.Errorf("%d totals are missing, want 11", fd.Missing)
		}
	}
}

// A model keeps what it needs, as JSON too, and knows fields by name.
func TestLogisticKept(t *testing.T) {
	f, churned := telco(t)
	m, err := Learn(context.Background(), f, "Churn", churned, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Logistic
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	turned := &Frame{Columns: slices.Clone(f.Columns)}
	slices.Reverse(turned.Columns)
	want, got := m.Predict(f), back.Predict(turned)
	sum := 0.0
	for i := range want {
		sum += want[i]
		if want[i] != got[i] {
			t.Fatalf("row %d: %v, then %v", i, want[i], got[i])
		}
	}
	// With a free constant the probabilities add up to the customers who left.
	near(t, "sum of probabilities", sum, 1869, 1e-6)
	// Reasons add up to the difference from a usual customer.
	over := m.Over(f)
	usual := m.Weights[0]
	for _, fd := range m.Fields {
		for c, s := range fd.Shares {
			usual += m.Weights[fd.First+c] * s
		}
	}
	for _, row := range []int{0, 1, 488, 7042} {
		total := usual
		for _, r := range over.Reasons(row, 100) {
			total += r.Score
		}
		near(t, "probability from reasons", probability(total), want[row], 1e-9)
	}
	// A field that is not there counts as missing, and nothing breaks.
	if p := m.Predict(&Frame{Columns: f.Columns[:3]}); !(p[0] > 0 && p[0] < 1) {
		t.Error(p[0])
	}
}

// The weights of a made-up company come out, and at the maximum the slope of
// the penalised likelihood is nought.
func TestLogisticRecovery(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const n = 20_000
	amount, plan, noise := make([]float64, n), make([]string, n), make([]float64, n)
	positive := make([]bool, n)
	for i := range n {
		amount[i], noise[i] = 500+200*r.NormFloat64(), r.NormFloat64()
		plan[i] = []string{"月付", "月付", "年付", ""}[r.IntN(4)]
		s := -1 + 0.004*(amount[i]-500)
		switch plan[i] {
		case "年付":
			s -= 0.8
		case "":
			s += 0.5
		}
		if r.IntN(10) == 0 {
			amount[i] = math.NaN()
		}
		positive[i] = r.Float64() < probability(s)
	}
	f := &Frame{Columns: []Column{NumberColumn("金额", amount), WordColumn("方式", plan), NumberColumn("噪声", noise)}}
	m, err := Learn(context.Background(), f, "流失", positive, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Effect{}
	for _, e := range m.Effects() {
		got[e.Kind+e.Field+e.Word] = e
	}
	for name, want := range map[string]float64{"number金额": math.Exp(0.004), "word方式年付": math.Exp(-0.8), "word方式": math.Exp(0.5), "number噪声": 1} {
		// Ten per cent without an amount take a little from what amounts say.
		if e := got[name]; !(e.Low < want*1.0005 && e.High > want*0.9995) {
			t.Errorf("%s: %+v, want %v", name, e, want)
		}
	}
	if e := got["number噪声"]; e.Direction() != "unclear" {
		t.Errorf("%+v", e)
	}
	if e := got["number金额"]; e.Step != 200 && e.Step != 100 || e.Phrase().Code != "number_up" {
		t.Errorf("%+v", e)
	}
	l := logisticFit{code: newCoder(m.Fields, f), rows: make([]int32, n), positive: positive, n: len(m.Weights)}
	for i := range l.rows {
		l.rows[i] = int32(i)
	}
	for i, g := range l.look(m.Weights).grad {
		if i > 0 {
			g -= m.Ridge * m.Weights[i]
		}
		if math.Abs(g) > 1e-6 {
			t.Errorf("slope %d is %v", i, g)
		}
	}
}

// A label that has nothing to do with the fields must not look learnable, and
// one that a field gives away must.
func TestValidationIsHonest(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	const n = 3000
	f := &Frame{Keys: make([]uint64, n)}
	words := make([]string, n)
	positive := make([]bool, n)
	for i := range n {
		f.Keys[i] = r.Uint64()
		positive[i] = r.IntN(4) == 0
		words[i] = string(rune('a' + r.IntN(26)))
	}
	f.Columns = append(f.Columns, WordColumn("letter", words))
	for range 30 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		f.Columns = append(f.Columns, NumberColumn(string(rune('A'+len(f.Columns))), v))
	}
	ctx := context.Background()
	v, err := Validate(ctx, f, "x", positive, 0, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if v.AUC > 0.53 || v.AUCLow > 0.5 {
		t.Errorf("noise is learned: %v (%v–%v)", v.AUC, v.AUCLow, v.AUCHigh)
	}
	// The order of the rows does not matter, the seed does.
	order := r.Perm(n)
	g := &Frame{Keys: make([]uint64, n)}
	turned := make([]bool, n)
	for _, c := range f.Columns {
		d := Column{Name: c.Name, Levels: c.Levels}
		for _, i := range order {
			if c.Numbers != nil {
				d.Numbers = append(d.Numbers, c.Numbers[i])
			} else {
				d.Words = append(d.Words, c.Words[i])
			}
		}
		g.Columns = append(g.Columns, d)
	}
	for to, from := range order {
		g.Keys[to], turned[to] = f.Keys[from], positive[from]
	}
	w, err := Validate(ctx, g, "x", turned, 0, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "AUC of other rows", w.AUC, v.AUC, 1e-9)
	if w, _ = Validate(ctx, g, "x", turned, 0, 5, 2); w.AUC == v.AUC {
		t.Error("the seed changes nothing")
	}
	leak := make([]float64, n)
	for i := range leak {
		if positive[i] {
			leak[i] = 1
		}
	}
	f.Columns = append(f.Columns, NumberColumn("leak", leak))
	if v, err = Validate(ctx, f, "x", positive, 0, 5, 1); err != nil || v.AUC < 0.999 {
		t.Error(v.AUC, err)
	}
	folds := dealFolds(f, positive, 5, 1)
	var count [5][2]int
	for i, k := range folds {
		if positive[i] {
			count[k][1]++
		} else {
			count[k][0]++
		}
	}
	for k := range count {
		for y := range 2 {
			if d := count[k][y] - count[0][y]; d < -1 || d > 1 {
				t.Errorf("folds %v", count)
			}
		}
	}
}

func TestAUC(t *testing.T) {
	// By hand: pairs won 3 of 4; ties count half.
	if a, _ := AUC([]float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true}); a != 0.75 {
		t.Error(a)
	}
	if a, _ := AUC([]float64{1, 1, 1}, []bool{true, false, true}); a != 0.5 {
		t.Error(a)
	}
	if a, _ := AUC([]float64{1, 2}, []bool{true, true}); !math.IsNaN(a) {
		t.Error(a)
	}
	// Against all pairs, and the interval against how it scatters.
	r := rand.New(rand.NewPCG(2, 2))
	inside := 0
	const runs = 300
	truth := 0.5 * (1 + math.Erf(1.0/2)) // Φ(d/√2) for normals d = 1 apart
	for range runs {
		var s []float64
		var y []bool
		for i := range 200 {
			y = append(y, i%4 == 0)
			shift := 0.0
			if y[i] {
				shift = 1
			}
			s = append(s, math.Round((r.NormFloat64()+shift)*100)/100)
		}
		a, se := AUC(s, y)
		won, pairs := 0.0, 0.0
		for i := range s {
			for j := range s {
				if y[i] && !y[j] {
					pairs++
					if s[i] > s[j] {
						won++
					} else if s[i] == s[j] {
						won += 0.5
					}
				}
			}
		}
		near(t, "AUC", a, won/pairs, 1e-12)
		if math.Abs(a-truth) < 1.96*se {
			inside++
		}
	}
	if inside < runs*91/100 || inside > runs*99/100 {
		t.Errorf("%d of %d intervals hold the truth", inside, runs)
	}
}

func TestLearnRefuses(t *testing.T) {
	ctx := context.Background()
	few := make([]bool, 100)
	few[3] = true
	some := make([]bool, 100)
	for i := range 50 {
		some[i] = true
	}
	constant := NumberColumn("c", make([]float64, 100))
	for name, c := range map[string]struct {
		columns  []Column
		positive []bool
		code     string
	}{
		"few":    {[]Column{constant}, few, "model.few_labelled"},
		"no use": {[]Column{constant}, some, "model.no_fields"},
	} {
		if _, err := Learn(ctx, &Frame{Columns: c.columns}, "x", c.positive, 0); errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Validate(ctx, &Frame{Columns: []Column{constant}}, "x", some, 0, 1, 1); errs.CodeOf(err) != "invalid" {
		t.Error(err)
	}
}

func TestTextColumns(t *testing.T) {
	b := NewFrameBuilder([]string{"n", "money", "flag", "day", "id", "mixed"})
	for _, r := range [][]string{
		{"1", "¥1,234.50", "0", "2026-01-31", "a1", "1"}, {"2.5", "￥8", "1", "2026/2/1", "a2", "x"}, {"", "-3", "0", "NULL", "a3", "2"}, {"-4e1", "12%"},
	} {
		if err := b.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	f := b.Frame()
	if n := f.column("n").Numbers; n[0] != 1 || n[1] != 2.5 || !math.IsNaN(n[2]) || n[3] != -40 {
		t.Error(n)
	}
	if n := f.column("money").Numbers; n[0] != 1234.5 || n[1] != 8 || n[3] != 0.12 {
		t.Error(n)
	}
	if c := f.column("flag"); c.Numbers != nil || c.Words[3] != -1 || c.Levels[1] != "1" {
		t.Errorf("%+v", c)
	}
	if c := f.column("mixed"); c.Numbers != nil {
		t.Errorf("%+v", c)
	}
}
