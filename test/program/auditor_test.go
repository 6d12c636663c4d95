package program

import (
	"bytes"
	"fmt"
	"testing"
)

// The shipped auditor reads what was decided and how: assessments, reviews,
// panels, schemes, runs. Not about whom: no customer, no list or discussion of
// customers, no export; and writes nothing.
func TestAuditorSeesTheProcedureAndNoCustomer(t *testing.T) {
	in := newInstall(t, "")
	s := in.serve()
	defer s.stop()
	admin := s.signIn(s.login, s.secret)
	admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
	var roles struct {
		Items []struct {
			ID   int64  `json:"id"`
			Code string `json:"code"`
		} `json:"items"`
	}
	admin.must("GET", "/roles", nil, &roles)
	var role int64
	for _, r := range roles.Items {
		if r.Code == "auditor" {
			role = r.ID
		}
	}
	var mine, filed struct {
		ID int64 `json:"id"`
	}
	admin.must("POST", "/customers", map[string]any{"name": foreignName, "contacts": []any{map[string]any{"kind": "phone", "value": foreignPhone}}}, &mine)
	admin.must("POST", "/tiering/assessments", map[string]any{"dimension": "need", "scheme": "need-rules", "purpose": "分级服务", "necessity": "合同", "impact": "服务差异", "measures": "人工复核"}, &filed)
	var made struct {
		Password string `json:"password"`
	}
	admin.must("POST", "/staff", map[string]any{"login": "auditor1", "name": "审计", "department_id": 1, "role_ids": []int64{role}}, &made)
	p := s.signIn("auditor1", made.Password)
	p.must("POST", "/session/password", map[string]string{"current": made.Password, "new": password}, nil)

	for _, path := range []string{
		"/tiering/assessments", fmt.Sprintf("/tiering/assessments/%d", filed.ID), "/tiering/reviews", "/tiering/dimensions", "/tiering/dimensions/need/panel",
		"/tiering/schemes", "/tiering/schemes/need-rules", "/tiering/schemes/need-rules/versions", "/tiering/runs",
	} {
		status, answer := p.do("GET", path, nil, nil)
		if status != 200 {
			t.Errorf("GET %s answered %d %.200s", path, status, answer)
		}
		tells(t, "auditor GET "+path, answer)
	}
	// What was done with a customer is told, and which fields; not their values.
	for _, path := range []string{"/audit?limit=200", "/audit/export"} {
		status, answer := p.do("GET", path, nil, nil)
		if status != 200 || !bytes.Contains(answer, []byte("customer.create")) || !bytes.Contains(answer, []byte("***")) {
			t.Errorf("GET %s answered %d %.300s", path, status, answer)
		}
		for _, secret := range []string{foreignName, foreignPhone} {
			if bytes.Contains(answer, []byte(secret)) {
				t.Errorf("GET %s tells %s", path, secret)
			}
		}
		if _, answer = admin.do("GET", path, nil, nil); !bytes.Contains(answer, []byte(foreignName)) {
			t.Errorf("GET %s does not tell the administrator %s: the test would find nothing", path, foreignName)
		}
	}
	one := fmt.Sprintf("/customers/%d", mine.ID)
	for _, r := range [][2]string{
		{"GET", "/customers"}, {"GET", one}, {"GET", one + "/levels"}, {"GET", one + "/hand-only"}, {"GET", one + "/timeline"},
		{"GET", "/tiering/appeals"}, {"GET", "/tiering/appeals/1"}, {"GET", "/tiering/reviews/1/moves"}, {"GET", "/tiering/reviews/1/facets"},
		{"GET", "/tiering/reviews/1/moves/1"}, {"GET", "/tiering/runs/1/customers"}, {"GET", "/tiering/runs/1/customers/1"},
		{"GET", "/tiering/assessments/export"}, {"GET", "/customers/export"}, {"GET", "/audiences"}, {"POST", "/tiering/assessments"}, {"POST", "/tiering/runs"},
	} {
		var body any
		if r[0] == "POST" {
			body = map[string]any{}
		}
		if status, answer := p.do(r[0], r[1], body, nil); status != 403 {
			t.Errorf("%s %s answered %d %.200s", r[0], r[1], status, answer)
		}
	}
}
