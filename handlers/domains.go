package handlers

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"cabinet/views"
)

// Resolver asks the name system. It is net.DefaultResolver but in tests.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

const resolverPatience = 5 * time.Second

// usualSelectors are names under which DKIM keys are often published. There is no way to list them.
var usualSelectors = []string{"default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1"}

// checkDomain looks whether other mail servers can tell our mails from forged ones.
func (h *Handlers) checkDomain(ctx context.Context) views.DomainCheck {
	_, domain, _ := strings.Cut(h.Sender, "@")
	check := views.DomainCheck{Domain: domain}
	if !strings.Contains(domain, ".") {
		check.Local = true
		return check
	}
	ctx, cancel := context.WithTimeout(ctx, resolverPatience)
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() { check.SPF = h.checkSPF(ctx, domain) })
	wait.Go(func() { check.DKIM = h.checkDKIM(ctx, domain) })
	wait.Go(func() { check.DMARC = h.checkDMARC(ctx, domain) })
	wait.Wait()
	return check
}

// records are the texts of a name that begin so.
func (h *Handlers) records(ctx context.Context, name, begin string) ([]string, error) {
	texts, err := h.Resolver.LookupTXT(ctx, name)
	if unknown, ok := errors.AsType[*net.DNSError](err); ok && unknown.IsNotFound {
		return nil, nil
	}
	return slices.DeleteFunc(texts, func(text string) bool { return !strings.HasPrefix(strings.ToLower(text), begin) }), err
}

func (h *Handlers) checkSPF(ctx context.Context, domain string) views.DomainRecord {
	found, err := h.records(ctx, domain, "v=spf1")
	switch {
	case err != nil:
		return views.DomainRecord{Tone: views.Warn, Said: "domains.unanswered"}
	case len(found) == 0:
		return views.DomainRecord{Tone: views.Bad, Said: "domains.spf_none"}
	case len(found) > 1:
		return views.DomainRecord{Tone: views.Bad, Said: "domains.spf_several", Record: strings.Join(found, "\n")}
	}
	rules := strings.Fields(strings.ToLower(found[0]))
	switch {
	case slices.Contains(rules, "+all") || slices.Contains(rules, "all"):
		return views.DomainRecord{Tone: views.Bad, Said: "domains.spf_open", Record: found[0]}
	case !slices.Contains(rules, "-all") && !slices.Contains(rules, "~all") && !strings.Contains(found[0], "redirect="):
		return views.DomainRecord{Tone: views.Warn, Said: "domains.spf_endless", Record: found[0]}
	}
	return views.DomainRecord{Tone: views.Good, Said: "domains.right", Record: found[0]}
}

func (h *Handlers) checkDKIM(ctx context.Context, domain string) views.DomainRecord {
	selectors := h.DKIMSelectors
	if len(selectors) == 0 {
		selectors = usualSelectors
	}
	unanswered := false
	for _, selector := range selectors {
		name := selector + "._domainkey." + domain
		texts, err := h.records(ctx, name, "")
		unanswered = unanswered || err != nil
		for _, text := range texts {
			if _, key, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "p="); ok && key != "" && key[0] != ';' {
				return views.DomainRecord{Tone: views.Good, Said: "domains.right", Record: name}
			}
		}
	}
	switch {
	case unanswered:
		return views.DomainRecord{Tone: views.Warn, Said: "domains.unanswered"}
	case len(h.DKIMSelectors) == 0:
		return views.DomainRecord{Tone: views.Warn, Said: "domains.dkim_unknown"}
	}
	return views.DomainRecord{Tone: views.Bad, Said: "domains.dkim_none", Record: strings.Join(selectors, ", ")}
}

// checkDMARC looks at the domain and then at those above it, whose record counts for it too.
func (h *Handlers) checkDMARC(ctx context.Context, domain string) views.DomainRecord {
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		found, err := h.records(ctx, "_dmarc."+name, "v=dmarc1")
		if err != nil {
			return views.DomainRecord{Tone: views.Warn, Said: "domains.unanswered"}
		}
		if len(found) == 0 {
			continue
		}
		policy := strings.ReplaceAll(strings.ToLower(found[0]), " ", "")
		if strings.Contains(policy, ";p=quarantine") || strings.Contains(policy, ";p=reject") {
			return views.DomainRecord{Tone: views.Good, Said: "domains.right", Record: found[0]}
		}
		return views.DomainRecord{Tone: views.Warn, Said: "domains.dmarc_idle", Record: found[0]}
	}
	return views.DomainRecord{Tone: views.Bad, Said: "domains.dmarc_none"}
}
