package db

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// MailingToken opens, for good, the page where one mailing is ended. It is signed rather than kept, since there is one for
// each mail that was ever sent; what it opens is worth nothing to anybody else.
func (db *DB) MailingToken(of AccountID, topic MailingTopicID) string {
	whom := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(of)), uint64(topic))
	return base64.RawURLEncoding.EncodeToString(append(whom, db.signed("mailing "+string(whom))...))
}

// UnsubscribePath is where that page is.
func (db *DB) UnsubscribePath(of AccountID, topic MailingTopicID) string {
	return "/unsubscribe?token=" + db.MailingToken(of, topic)
}

// readMailingToken says whom and what a token of ours is about; any other opens nothing.
func (db *DB) readMailingToken(token string) (of AccountID, topic MailingTopicID, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= signatureSize || len(raw) > 64 {
		return 0, 0, ErrNotFound
	}
	whom, signature := raw[:len(raw)-signatureSize], raw[len(raw)-signatureSize:]
	account, n := binary.Uvarint(whom)
	if n <= 0 || !hmac.Equal(signature, db.signed("mailing "+string(whom))) {
		return 0, 0, ErrNotFound
	}
	about, n := binary.Uvarint(whom[n:])
	if n <= 0 {
		return 0, 0, ErrNotFound
	}
	return AccountID(account), MailingTopicID(about), nil
}

// campaignMessageID is the same however often a mail of a campaign is tried. It names the campaign, and nobody else can
// write it.
func (s Settings) campaignMessageID(campaign CampaignID, to AccountID) string {
	return fmt.Sprintf("%d.%x", campaign, s.signed(fmt.Sprintf("campaign mail %d %d", campaign, to)))
}

// campaignOf is the campaign that a Message-ID names.
func campaignOf(messageID string) (CampaignID, bool) {
	number, _, dotted := strings.Cut(messageID, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	return CampaignID(id), dotted && err == nil
}

const signatureSize = 16

// signed is the proof that we have said something.
func (s Settings) signed(what string) []byte {
	mac := hmac.New(sha256.New, s.SecretKey)
	mac.Write([]byte(what))
	return mac.Sum(nil)[:signatureSize]
}
