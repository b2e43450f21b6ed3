//! Passwords that stand nowhere else, in the forms in which they could be lying about, and the search for all of
//! them at once.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The shortest beginning of a form that tells it from everything else.
const KEY: usize = 8;

/// Passwords by what was done with them.
#[derive(Default)]
pub(crate) struct Markers {
    all: Vec<(&'static str, String)>,
}

/// The number of a password, the name of a form of it, and that form.
type Form = (usize, &'static str, Vec<u8>);

/// Of the passwords of one kind, in one form: which were found, and at how many places in all.
#[derive(Default)]
pub(crate) struct Found {
    markers: std::collections::BTreeSet<usize>,
    pub(crate) places: u64,
}

impl Found {
    pub(crate) fn passwords(&self) -> usize {
        self.markers.len()
    }
}

impl Markers {
    /// A password that every door takes.
    pub(crate) fn next(&mut self, kind: &'static str) -> String {
        use std::hash::{BuildHasher as _, Hasher as _};
        let random = std::collections::hash_map::RandomState::new().build_hasher().finish() & 0xff_ffff;
        let marker = format!("Q{:03}z-{random:06x}Wq", self.all.len());
        self.all.push((kind, marker.clone()));
        marker
    }

    pub(crate) fn sent(&self, kind: &str) -> usize {
        self.all.iter().filter(|(of, _)| *of == kind).count()
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let kinds: std::collections::BTreeSet<_> = self.all.iter().map(|(kind, _)| *kind).collect();
        kinds.into_iter().collect()
    }

    /// What a memory holds of them, by kind and form.
    pub(crate) fn search(&self, memory: &[Vec<u8>]) -> BTreeMap<(&'static str, &'static str), Found> {
        let mut forms: HashMap<[u8; KEY], Vec<Form>> = HashMap::new();
        let mut begins = vec![false; 1 << 16];
        for (number, (_, marker)) in self.all.iter().enumerate() {
            for (form, bytes) in forms_of(marker) {
                let key: [u8; KEY] = bytes[..KEY].try_into().unwrap();
                begins[usize::from(u16::from_le_bytes([key[0], key[1]]))] = true;
                forms.entry(key).or_default().push((number, form, bytes));
            }
        }
        let mut found: BTreeMap<_, Found> = BTreeMap::new();
        for part in memory {
            for at in 0..part.len().saturating_sub(KEY) {
                if !begins[usize::from(u16::from_le_bytes([part[at], part[at + 1]]))] {
                    continue;
                }
                for (number, form, bytes) in forms.get(&part[at..at + KEY]).into_iter().flatten() {
                    if part[at..].starts_with(bytes) {
                        let found = found.entry((self.all[*number].0, *form)).or_default();
                        found.markers.insert(*number);
                        found.places += 1;
                        show(part, at, bytes.len());
                    }
                }
            }
        }
        found
    }
}

/// For whoever looks for the place that left it: what stands around it.
fn show(part: &[u8], at: usize, length: usize) {
    if std::env::var_os("PASSGATE_SHOW_MEMORY").is_some() {
        let around = &part[at.saturating_sub(1_000)..(at + length + 80).min(part.len())];
        println!("    {}", around.escape_ascii());
    }
}

fn forms_of(marker: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![
        ("clear", marker.as_bytes().to_vec()),
        ("backwards", marker.bytes().rev().collect()),
        ("UTF-16, little end first", marker.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16, big end first", marker.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hexadecimal", marker.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()),
        ("upper-case hexadecimal", marker.bytes().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()),
    ];
    for at in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![b'?'; at], marker.as_bytes()].concat());
        let (from, to) = ((at * 8_usize).div_ceil(6), (at + marker.len()) * 8 / 6);
        forms.push(("base64", encoded.as_bytes()[from..to].to_vec()));
    }
    forms
}

#[test]
fn a_planted_marker_is_found_in_every_form() {
    let mut markers = Markers::default();
    let marker = markers.next("planted");
    let _ = markers.next("absent");
    let around = |middle: Vec<u8>| [b"\0\xF0".to_vec(), middle, vec![7; 9]].concat();
    for (form, bytes) in forms_of(&marker) {
        let found = markers.search(&[around(bytes)]);
        assert_eq!(found.keys().collect::<Vec<_>>(), [&("planted", form)]);
    }
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("somebody:{marker}"));
    assert!(markers.search(&[around(basic.into_bytes())]).contains_key(&("planted", "base64")));
    assert!(markers.search(&[b"Q000z-nothing here".to_vec()]).is_empty());
}
