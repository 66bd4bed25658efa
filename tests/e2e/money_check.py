#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds purses against the ledgers of all boxes, without a line of the product's code.

Usage: money_check.py CARDS_BEFORE_DIR CARDS_AFTER_DIR EXPORT.jsonl HANDLE_KEY_FILE
       money_check.py CARDS_BEFORE_DIR CARDS_AFTER_DIR --box EXPORT.jsonl HANDLE_KEY_FILE [--box …]
                      [--foreign FOREIGN.jsonl] [--never FILE]

The folders hold card images (JSON, one a card, the same names in both), an export is what
`tidegate ledger export DIR` prints, the key file is that box's handle.key. FOREIGN.jsonl has what
other operators' terminals took (card, fen, counter), FILE the names of the cards that were torn and
never came back.

Exits 0 and prints "equal" when, for every card, purse and ledgers agree to the fen, the card counted
as many debits as are known, and every outcome settles exactly one intent of the same card and
amount. What a ledger leaves open (an intent without an outcome on a card that never came back, an
unknown outcome on a card that others debited ten times and more) is printed one by one, with what
the card did. Exits 1 and prints what differs otherwise, 2 on wrong usage.
"""
import hashlib
import hmac
import json
import pathlib
import sys

LOG_LINES = 10  # so many debits of others push a record out of a card's log


class Card:
    """One purse before and after, and what ledgers and other operators say was taken from it."""

    def __init__(self, name, before, after):
        self.name = name
        self.number = bytes.fromhex(before["ef15"])[10:20]
        self.lost_fen = before["balance"] - after["balance"]
        self.counter_before = before["counter"]
        self.steps = (after["counter"] - before["counter"]) % 65536
        self.log = [bytes.fromhex(line) for line in after["ef18"]]
        self.debited_fen = 0
        self.foreign_fen = 0
        self.open_fen = 0
        self.counters = []
        self.open = []  # (box, intent, whether an outcome says "unknown")
        self.never_returned = False

    def counted(self, counter):
        return (counter - self.counter_before - 1) % 65536 < self.steps

    def logged(self, intent):
        """The card's log has this very debit: terminal, amount, second and one of two counters."""
        at = bytes.fromhex("".join(c for c in intent["card_time"] if c.isdigit()))
        near = (intent["counter"], (intent["counter"] + 1) % 65536)
        return any(int.from_bytes(line[0:2], "big") in near
                   and int.from_bytes(line[5:9], "big") == intent["amount_fen"]
                   and line[10:16].hex() == intent["terminal"].lower() and line[16:23] == at
                   for line in self.log)


def card_handle(key, number):
    return hmac.new(key, number, hashlib.sha256).digest()[:16].hex().upper()


def read_cards(before_dir, after_dir):
    cards = {}
    names = sorted(path.name for path in before_dir.glob("*.json"))
    if names != sorted(path.name for path in after_dir.glob("*.json")):
        raise ValueError("the two folders do not hold the same cards")
    for name in names:
        before = json.loads((before_dir / name).read_text())
        after = json.loads((after_dir / name).read_text())
        if before["ef15"] != after["ef15"]:
            raise ValueError(f"{name}: not the same card")
        cards[name] = Card(name, before, after)
    if len({card.number for card in cards.values()}) != len(cards):
        raise ValueError("a card is there twice")
    return cards


def read_lines(file):
    return [json.loads(line) for line in file.read_text().splitlines() if line]


def check_sequence(entries):
    for index, entry in enumerate(entries):
        if entry["seq"] != entries[0]["seq"] + index:
            yield f"entry {entry['seq']} stands where {entries[0]['seq'] + index} should"
            return


def check_outcome(entry, intent, cards, box):
    """One outcome against its intent; books a debit to its card on the way."""
    for field in ("card", "amount_fen", "terminal", "sam_txn"):
        if entry[field] != intent[field]:
            yield (f"outcome {entry['seq']}: {field} is {entry[field]}, "
                   f"intent {intent['seq']} has {intent[field]}")
    card = cards.get(entry["card"])
    if entry["result"] in ("debited", "unknown") and card is None:
        yield f"outcome {entry['seq']} is of a card that was not there"
    elif entry["result"] == "debited":
        card.debited_fen += entry["amount_fen"]
        card.counters.append(entry["counter"])
    elif entry["result"] == "unknown":
        card.open.append((box, intent, True))
    elif entry["result"] == "suspect":
        yield f"outcome {entry['seq']} is suspect: nobody knows where the money is"


def check_ledger(entries, cards, box):
    """Walks one ledger; what it leaves open is noted with the card."""
    intents = {}
    settled = set()
    for entry in entries:
        if entry["kind"] == "intent":
            intents[entry["seq"]] = entry
        elif entry["kind"] in ("outcome", "void"):
            number = entry["intent"]
            if number not in intents:
                yield f"entry {entry['seq']} names intent {number}, which is not before it"
            elif number in settled:
                yield f"entry {entry['seq']} settles intent {number} a second time"
            else:
                settled.add(number)
                if entry["kind"] == "outcome":
                    yield from check_outcome(entry, intents[number], cards, box)
    for number in sorted(set(intents) - settled):
        card = cards.get(intents[number]["card"])
        if card is None:
            yield f"intent {number} is of a card that was not there"
        else:
            card.open.append((box, intents[number], False))


def settle_open(card):
    """What ledgers leave open, by the card's own word: its log, else a counter nobody else claims."""
    for box, intent, unknown in sorted(card.open, key=lambda item: not card.logged(item[1])):
        after = (intent["counter"] + 1) % 65536
        paid = card.logged(intent) or (card.counted(after) and after not in card.counters)
        # Whoever made them: another box of ours pushes a line out as well.
        since = (card.counter_before + card.steps - intent["counter"]) % 65536
        allowed = since >= LOG_LINES if unknown else card.never_returned
        if paid and allowed:
            card.open_fen += intent["amount_fen"]
            card.counters.append(after)
        what = (f"{card.name}: intent {intent['seq']} of box {box}, {intent['amount_fen']} fen, "
                f"the card says {'paid' if paid else 'not paid'}")
        if allowed:
            print(f"{'unknown' if unknown else 'never came back'}: {what}")
        else:
            yield f"{what}, and the ledger {'says unknown' if unknown else 'has no outcome'}"


def check_card(card):
    yield from settle_open(card)
    known = card.debited_fen + card.foreign_fen + card.open_fen
    if card.lost_fen != known:
        yield (f"{card.name}: the purse lost {card.lost_fen} fen, the ledgers say "
               f"{card.debited_fen}, other operators {card.foreign_fen}, left open {card.open_fen}")
    expected = [(card.counter_before + 1 + i) % 65536 for i in range(card.steps)]
    # An outcome found out by a later sighting stands later in the ledger than younger ones.
    if sorted(card.counters) != sorted(expected):
        yield (f"{card.name}: the card counted {card.steps} debits, "
               f"{len(card.counters)} or others are known")


def parse(arguments):
    """(before, after, [(export, key)], foreign, never); ValueError on wrong usage."""
    if len(arguments) == 4 and not any(a.startswith("--") for a in arguments):
        arguments = arguments[:2] + ["--box"] + arguments[2:]
    before, after, *rest = arguments
    boxes, foreign, never = [], None, None
    while rest:
        option = rest.pop(0)
        if option == "--box":
            boxes.append((pathlib.Path(rest.pop(0)), pathlib.Path(rest.pop(0))))
        elif option == "--foreign":
            foreign = pathlib.Path(rest.pop(0))
        elif option == "--never":
            never = pathlib.Path(rest.pop(0))
        else:
            raise ValueError(option)
    if not boxes:
        raise ValueError("no box")
    return pathlib.Path(before), pathlib.Path(after), boxes, foreign, never


def check(before, after, boxes, foreign, never):
    cards = read_cards(before, after)
    for line in read_lines(foreign) if foreign else []:
        card = cards[line["card"]]
        card.foreign_fen += line["fen"]
        card.counters.append(line["counter"])
    for name in never.read_text().split() if never else []:
        cards[name].never_returned = True
    problems = []
    for number, (export, key_file) in enumerate(boxes, 1):
        key = bytes.fromhex(key_file.read_text().strip())
        entries = read_lines(export)
        by_handle = {card_handle(key, card.number): card for card in cards.values()}
        where = f"box {number}: " if len(boxes) > 1 else ""
        found = list(check_sequence(entries)) + list(check_ledger(entries, by_handle, number))
        problems += [where + problem for problem in found]
    for card in cards.values():
        problems += check_card(card)
    return cards, problems


def main(arguments):
    try:
        before, after, boxes, foreign, never = parse(arguments)
    except (ValueError, IndexError):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        cards, problems = check(before, after, boxes, foreign, never)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"differs: {type(error).__name__}: {error}")
        return 1
    lost = sum(card.lost_fen for card in cards.values())
    known = sum(c.debited_fen + c.foreign_fen + c.open_fen for c in cards.values())
    if lost != known:
        problems.append(f"all purses lost {lost} fen, {known} fen are known")
    if not cards or not any(card.steps for card in cards.values()):
        problems.append("no card was ever debited: this proves nothing")
    for problem in problems:
        print(f"differs: {problem}")
    if not problems:
        print(f"equal: {len(cards)} cards, {lost} fen")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
