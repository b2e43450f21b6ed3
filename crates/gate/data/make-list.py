"""Makes common-passwords.txt. What it takes and why it derives the rest: README.md beside it.

    python make-list.py <zxcvbn>/frequency_lists.py <django>/contrib/auth/common-passwords.txt.gz > common-passwords.txt
"""

import gzip
import runpy
import sys

YEARS = [str(year) for year in range(2010, 2031)]
SPECIALS = ["!", "@", "#", ".", "$", "*", "?", "_", "-", "&", "%", "+"]
NUMBERS = ["1", "123", "12", "1234", "12345", "123456", "01", "2", "3", "7", "11", "13", "21", "22", "23", "69", "77",
           "88", "99", "00", "007", "111", "321", "666", "777", "786", "999"]

# What people choose where a rule makes them put in every kind of character; most usual first.
CHOSEN = """password welcome admin qwerty letmein changeme abc test login hello secret master administrator user root
 summer winter spring autumn fall january february march april june july august september october november december
 monday tuesday wednesday thursday friday saturday sunday iloveyou football baseball monkey dragon sunshine princess
 superman batman pokemon starwars shadow michael jordan jennifer charlie daniel jessica ashley thomas robert andrew
 matthew joshua anthony william nicole hunter soccer hockey computer internet freedom whatever cheese chocolate
 pass passw pass@word guest temp temppass temporary default demo system server support service manager office company
 business employee driver trucker freight dispatch logistics network security access account staff student teacher
 america london paris india canada mexico texas chicago newyork orlando jesus angel blessed flower family mustang
 ferrari porsche harley yankees cowboys steelers eagles lakers arsenal liverpool chelsea google facebook microsoft
 windows oracle cisco samsung android apple iphone qwer asdf zxcv asdfgh zxcvbn qwertyuiop qaz qazwsx abcd abcde aaa
 newpassword mypassword newpass passgate ecgrid ecgridos omnitracs""".split()

# Walks over the keyboard and counting rows that already hold a letter and a digit.
WALKS = """1qaz2wsx 1q2w3e4r 1q2w3e 1q2w3e4r5t 1qazxsw2 zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3 qwe123 qwer1234 qwerty123 qwerty1
 qwerty12 qwerty1234 asd123 asdf1234 zxc123 zxcv1234 abc123 abc1234 abc12345 abcd123 abcd1234 abcd12345 aa123456
 aa12345 aa123 aa1234 aa12345678 aa123456789 a1b2c3 a1b2c3d4 a1s2d3f4 123abc 123qwe 1234abcd 1234qwer 12345qwert
 123456aa 123456abc 12345abc 123asd 123qweasd 123qwe123 qwe123qwe qazwsx123 qweasd123 pass123 passw0rd p4ssw0rd""".split()

SHIFTED = """!qaz2wsx 1qaz@wsx !qaz@wsx1 !qaz1qaz 1qaz!qaz @wsx2wsx 2wsx@wsx zaq1@wsx zaq!2wsx !q2w3e4r 1q@w3e4r 1q2w#e4r
 1q2w3e$r !q@w3e4r !q@w#e4r5t 1qaz2wsx#edc !qaz2wsx#edc 1qaz@wsx3edc !qaz@wsx3edc #edc4rfv 3edc$rfv qwe123!@# qwer1234!@#$
 abc123!@# abcd1234!@#$ asd123!@# zxc123!@# 123qwe!@# !@#123qwe !@#qwe123 qwe!@#123 asd!@#123 aa123!@# test123!@#
 admin123!@# pass123!@# a1b2c3d4! !1a2b3c4 1234!@#$qwer qwer!@#$1234 1234qwer!@#$ 123!@#qwe qwerty!@#456 q1w2e3r4t5!""".split()

LEET = [("a", "@"), ("o", "0"), ("s", "$"), ("s", "5"), ("e", "3"), ("i", "1"), ("i", "!"), ("a", "4")]

# Published as samples by the vendors whose interfaces are served: a setting decides on them, not this list.
VENDOR_SAMPLES = {"newpassw0rd!", "newpassword1"}


def leet_forms(word):
    """The word with the usual replacements, each of them left out, made once, or made throughout."""
    forms = {word}
    for letter, sign in LEET:
        forms |= {form.replace(letter, sign, times) for form in forms for times in (1, -1) if letter in form}
    forms.discard(word)
    return sorted(form for form in forms if sum(a != b for a, b in zip(form, word)) <= 4)


def endings():
    """What is put behind a word to have a digit and a special character; a weight beside each."""
    for n, number in enumerate(NUMBERS):
        for s, special in enumerate(SPECIALS):
            yield number + special, 1 / ((n + 1) * (s + 1))
            yield special + number, 1 / ((n + 1) * (s + 1)) * (1 if special in "@#" else 0.5)
        yield number + "!!", 0.1 / (n + 1)
    for year in YEARS:
        near = 0.25 / (1 + abs(int(year) - 2024) / 3)
        for s, special in enumerate(SPECIALS[:8]):
            yield year + special, near / (s + 1)
            yield special + year, near / (s + 1)
            yield year[2:] + special, 0.4 * near / (s + 1)
            yield special + year[2:], 0.4 * near / (s + 1)
    for ending in ["123!@#", "!@#123", "1234!@#$", "123!!", "@123!", "@1!", "#1!", "!@#1", "1!@#", "1!2", "!1!"]:
        yield ending, 0.1


def derived(stems, how_many):
    """The likeliest passwords of a word and an ending, where words grow rarer with their rank."""
    scored = {}
    for rank, stem in enumerate(stems):
        for ending, weight in endings():
            for form, factor in ((stem + ending, 1), (ending + stem, 0.02)):
                scored[form] = max(scored.get(form, 0), factor * weight / (rank + 100))
    return sorted(scored, key=lambda form: (-scored[form], form))[:how_many]


def from_chosen():
    """Replacements (P@ssw0rd), plain numbers and years, for the words that people choose."""
    for word in CHOSEN:
        for number in NUMBERS + YEARS:
            yield word + number
        for form in leet_forms(word) if word in CHOSEN[:12] + CHOSEN[-7:-4] else []:
            yield form
            for ending in NUMBERS[:8] + YEARS + ["!", "@", "#", "1!", "123!", "!1", "@1", "@123", "!123", "#1", "12!"]:
                yield form + ending
    for walk in WALKS:
        for special in SPECIALS + ["!!", "!@#", "!@", "@!", "@#"]:
            yield walk + special
            yield special + walk
    yield from SHIFTED


def main(zxcvbn, django):
    counted = runpy.run_path(zxcvbn)["FREQUENCY_LISTS"]["passwords"]
    with gzip.open(django, "rt", encoding="utf-8") as lines:
        breached = lines.read().split()
    rank = {}
    for source in (counted, breached):
        for at, password in enumerate(source):
            rank[password.lower()] = min(at, rank.get(password.lower(), at))
    usual = sorted(rank, key=lambda password: (rank[password], password))

    words = [password for password in usual if password.isascii() and password.isalpha() and len(password) >= 4]
    stems = list(dict.fromkeys(CHOSEN + words[:600]))
    mixed = [password for password in usual if sum(map(str.isalpha, password)) >= 2 and not password.isalpha()]

    made = set(usual)
    made.update(derived(stems, 20_000))
    made.update(password + special for password in mixed[:400] for special in SPECIALS[:6])
    made.update(from_chosen())
    made = {password for password in made if len(password) >= 4 and password.isascii() and password.isprintable()}
    print("\n".join(sorted(made - VENDOR_SAMPLES)))


if __name__ == "__main__":
    main(*sys.argv[1:])
