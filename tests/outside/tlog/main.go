// Judges the proofs and signed heads of a ledger by the code of Go's checksum database.
//
//	tlog VERIFIER-KEY PROOFS CHECKPOINTS
//
// PROOFS is a directory of what `jejak prove N` printed, each in a file N.tlog-proof. CHECKPOINTS is the directory of
// that name in the ledger. Signatures and hashes are golang.org/x/mod's; only the files are taken apart here.
package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type head struct {
	size int64
	root tlog.Hash
}

type proof struct {
	index  int64
	line   []byte
	hashes tlog.RecordProof
	note   []byte
}

func main() {
	if len(os.Args) != 4 {
		fail("usage", errors.New("tlog VERIFIER-KEY PROOFS CHECKPOINTS"))
	}
	key, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fail(os.Args[1], err)
	}
	heads := map[string]bool{}
	for _, path := range list(os.Args[3], "*.checkpoint") {
		text, err := os.ReadFile(path)
		if err == nil {
			err = judgeHead(text, key, filepath.Base(path))
		}
		if err != nil {
			fail(path, err)
		}
		heads[string(text)] = true
	}
	refused, proofs := 0, list(os.Args[2], "*.tlog-proof")
	for _, path := range proofs {
		text, err := os.ReadFile(path)
		if err != nil {
			fail(path, err)
		}
		file, err := parseProof(text)
		if err == nil && filepath.Base(path) != fmt.Sprintf("%d.tlog-proof", file.index) {
			err = fmt.Errorf("proves position %d", file.index)
		}
		if err == nil && !heads[string(file.note)] {
			err = errors.New("its head is none of the ledger's")
		}
		n := 0
		if err == nil {
			n, err = judgeProof(file, key)
		}
		if err != nil {
			fail(path, err)
		}
		refused += n
	}
	fmt.Printf("%d heads and %d proofs hold, %d forged proofs are refused\n", len(heads), len(proofs), refused)
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "tlog: %s: %v\n", what, err)
	os.Exit(1)
}

// list never returns nothing: a judge without a case has judged nothing.
func list(dir, pattern string) []string {
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("no %s", pattern)
	}
	if err != nil {
		fail(dir, err)
	}
	return paths
}

// judgeHead opens a head, and sees one refused that says another root.
func judgeHead(text []byte, key note.Verifier, name string) error {
	head, err := openHead(text, key)
	if err != nil {
		return err
	}
	if name != fmt.Sprintf("%012d.checkpoint", head.size) {
		return fmt.Errorf("is over %d lines", head.size)
	}
	other := head.root
	other[0] ^= 1
	forged := bytes.Replace(text, []byte(head.root.String()), []byte(other.String()), 1)
	if _, err := note.Open(forged, note.VerifierList(key)); err == nil {
		return errors.New("the signature holds for another root")
	}
	return nil
}

// openHead checks the signature. tlog.ParseTree reads the head of Go's own log only, so the text is read here.
func openHead(text []byte, key note.Verifier) (head, error) {
	signed, err := note.Open(text, note.VerifierList(key))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		return head{}, fmt.Errorf("not a head of %s", key.Name())
	}
	size, err := number(lines[1])
	if err != nil {
		return head{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return head{size, root}, err
}

// judgeProof checks the line, and counts the forgeries that it sees refused.
func judgeProof(p proof, key note.Verifier) (int, error) {
	head, err := openHead(p.note, key)
	if err != nil {
		return 0, err
	}
	check := func(index int64, line []byte) error {
		return tlog.CheckRecord(p.hashes, head.size, head.root, index, tlog.RecordHash(line))
	}
	if err := check(p.index, p.line); err != nil {
		return 0, err
	}
	refused := 0
	for _, index := range []int64{p.index - 1, p.index + 1} {
		if index < 0 || index >= head.size {
			continue
		}
		if check(index, p.line) == nil {
			return 0, fmt.Errorf("holds at position %d too", index)
		}
		refused++
	}
	at := int(p.index) % len(p.line)
	altered := append([]byte(nil), p.line...)
	altered[at] ^= 1
	if check(p.index, altered) == nil {
		return 0, fmt.Errorf("holds with byte %d of the line changed", at)
	}
	return refused + 1, nil
}

// parseProof reads a C2SP tlog-proof with its line in base64 after `extra`.
func parseProof(text []byte) (proof, error) {
	top, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(top, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return proof{}, errors.New("not a tlog-proof with its line in extra")
	}
	line, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	if err == nil && len(line) == 0 {
		err = errors.New("the line is empty")
	}
	if err != nil {
		return proof{}, err
	}
	index, err := number(lines[2][len("index "):])
	if err != nil {
		return proof{}, err
	}
	hashes := tlog.RecordProof{}
	for _, text := range lines[3:] {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return proof{}, err
		}
		hashes = append(hashes, hash)
	}
	return proof{index, line, hashes, []byte(signed)}, nil
}

func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (n < 0 || strconv.FormatInt(n, 10) != text) {
		err = fmt.Errorf("%q is not a plain number", text)
	}
	return n, err
}
