package db

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr"
)

var (
	toBerlin = PaymentDetail{Currency: EUR, Payee: "E2R Demo GmbH", Account: "DE19999999990000123456", Bank: "Demo-Bank Berlin", Bic: "DEMODEFFXXX"}
	toMoscow = PaymentDetail{Currency: RUB, Payee: "ООО «Демо Кабинет»", Account: "40702810038000000042", Bank: "АО «Демо-Банк», г. Москва",
		Bic: "044525999", CorrAccount: "30101810600000000999", Inn: "7700000016", Kpp: "770001001"}
)

func TestEPCPayload(t *testing.T) {
	payment := BankTransfer{To: toBerlin, Amount: 123_05, Reference: CreditorReference("K1001R20001"), Purpose: "Счёт № 20001-5"}
	t.Run("D06 a phone reads the European code", func(t *testing.T) {
		payload, err := EPCPayload(payment)
		if err != nil {
			t.Fatal(err)
		}
		want := "BCD\n002\n1\nSCT\nDEMODEFFXXX\nE2R Demo GmbH\nDE19999999990000123456\nEUR123.05\n\n" + payment.Reference
		if payload != want {
			t.Errorf("got %q\nwant %q", payload, want)
		}
		if read := photographed(t, payload); read != payload {
			t.Errorf("a phone reads %q", read)
		}
	})
	t.Run("D06 without a reference the purpose goes in words, never both", func(t *testing.T) {
		inWords := payment
		inWords.Reference = ""
		payload, err := EPCPayload(inWords)
		if err != nil || !strings.HasSuffix(payload, "EUR123.05\n\n\nСчёт № 20001-5") || strings.Count(payload, "\n") != 10 {
			t.Errorf("got %q, %v", payload, err)
		}
		if read := photographed(t, payload); read != payload {
			t.Errorf("a phone reads %q", read)
		}
	})
	t.Run("D06 what would mislead a bank is no code", func(t *testing.T) {
		for name, spoil := range map[string]func(*BankTransfer){
			"nothing to pay":       func(p *BankTransfer) { p.Amount = 0 },
			"less than nothing":    func(p *BankTransfer) { p.Amount = -5 },
			"too much":             func(p *BankTransfer) { p.Amount = 1_000_000_000_00 },
			"roubles":              func(p *BankTransfer) { p.To = toMoscow },
			"a wrong IBAN":         func(p *BankTransfer) { p.To.Account = "DE18999999990000123456" },
			"a long payee":         func(p *BankTransfer) { p.To.Payee = strings.Repeat("ю", 71) },
			"no payee":             func(p *BankTransfer) { p.To.Payee = "" },
			"a payee of two lines": func(p *BankTransfer) { p.To.Payee = "E2R\nDE00" },
			"a wrong reference":    func(p *BankTransfer) { p.Reference = "RF00K1001" },
			"a long purpose":       func(p *BankTransfer) { p.Purpose = strings.Repeat("ю", 141) },
			"more than 331 bytes": func(p *BankTransfer) {
				p.Reference, p.Purpose, p.To.Payee = "", strings.Repeat("ю", 140), strings.Repeat("ю", 70)
			},
		} {
			spoiled := payment
			spoil(&spoiled)
			payload, err := EPCPayload(spoiled)
			if !errors.Is(err, ErrNotPayable) {
				t.Errorf("%s: %q, %v", name, payload, err)
			}
		}
	})
}

func TestGOSTPayload(t *testing.T) {
	payment := BankTransfer{To: toMoscow, Amount: 11_370_00, Purpose: "Оплата счёта № 20001-5 по заказу № 10001-2",
		Customer: "1001-4", Document: "20001-5", DatedOn: Day{2026, 3, 2}}
	t.Run("D06 a phone reads the Russian code, with the sum in kopecks", func(t *testing.T) {
		payload, err := GOSTPayload(payment)
		if err != nil {
			t.Fatal(err)
		}
		want := "ST00012|Name=ООО «Демо Кабинет»|PersonalAcc=40702810038000000042|BankName=АО «Демо-Банк», г. Москва|BIC=044525999|" +
			"CorrespAcc=30101810600000000999|Sum=1137000|Purpose=Оплата счёта № 20001-5 по заказу № 10001-2|PayeeINN=7700000016|KPP=770001001|" +
			"PersAcc=1001-4|DocNo=20001-5|DocDate=02.03.2026"
		if payload != want {
			t.Errorf("got  %s\nwant %s", payload, want)
		}
		if read := photographed(t, payload); read != payload {
			t.Errorf("a phone reads %q", read)
		}
	})
	t.Run("D06 a value with a bar in it moves the separator", func(t *testing.T) {
		barred := payment
		barred.Purpose = "Счёт | заказ"
		payload, err := GOSTPayload(barred)
		if err != nil || !strings.HasPrefix(payload, "ST00012~Name=") || !strings.Contains(payload, "~Purpose=Счёт | заказ~") {
			t.Errorf("got %s, %v", payload, err)
		}
	})
	t.Run("D06 what would mislead a bank is no code", func(t *testing.T) {
		for name, spoil := range map[string]func(*BankTransfer){
			"nothing to pay":       func(p *BankTransfer) { p.Amount = 0 },
			"euros":                func(p *BankTransfer) { p.To = toBerlin },
			"a short account":      func(p *BankTransfer) { p.To.Account = "4070281003800000004" },
			"no BIC":               func(p *BankTransfer) { p.To.Bic = "" },
			"a long bank":          func(p *BankTransfer) { p.To.Bank = strings.Repeat("б", 46) },
			"a long purpose":       func(p *BankTransfer) { p.Purpose = strings.Repeat("п", 161) },
			"a purpose of two":     func(p *BankTransfer) { p.Purpose = "раз\nдва" },
			"a long document":      func(p *BankTransfer) { p.Document = "1234567890123456" },
			"a block of 300 bytes": func(p *BankTransfer) { p.To.Payee = strings.Repeat("ю", 120) },
			"every separator used": func(p *BankTransfer) { p.Purpose = "|~^_#$&*" },
		} {
			spoiled := payment
			spoil(&spoiled)
			if payload, err := GOSTPayload(spoiled); !errors.Is(err, ErrNotPayable) {
				t.Errorf("%s: %s, %v", name, payload, err)
			}
		}
	})
}

// photographed draws the text as the pages do and reads the picture back.
func photographed(t *testing.T, payload string) string {
	t.Helper()
	code, err := qr.Encode(payload, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	code.Scale = 4
	picture, err := png.Decode(bytes.NewReader(code.PNG()))
	if err != nil {
		t.Fatal(err)
	}
	return scanned(t, picture)
}

func scanned(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8", gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}
